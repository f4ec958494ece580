# Weights from a sheet of targets: raking, calibration within bounds, trimming; estimates with standard errors and
# intervals after them. The sheet is in per cent; R is given the persons that they mean.
library(survey); library(jsonlite)
set.seed(20261201)
n <- 480
d <- data.frame(
  stratum = rep(c("a", "b", "c"), each = 160), psu = rep(1:48, each = 10),
  sex = sample(c("m", "f"), n, TRUE, c(.55, .45)), age = sample(18:84, n, TRUE), region = sample(c("n", "s", "w"), n, TRUE),
  w = round(runif(n, .5, 3), 3))
d$band <- as.character(cut(d$age, c(17, 29, 59, 200), c("18-29", "30-59", "60+")))
d$y <- as.integer(runif(n) < plogis(-.5 + .02 * d$age + .4 * (d$sex == "f")))
d$income <- round(exp(rnorm(n, 6 + .01 * d$age, .4)), 2)
size <- sum(d$w)
share <- list(sex = c(f = 51.3, m = 48.7), band = c("18-29" = 24.1, "30-59" = 49.4, "60+" = 26.5))
des <- svydesign(~psu, strata = ~stratum, weights = ~w, data = d)
margin <- function(name) { out <- data.frame(names(share[[name]]), as.numeric(share[[name]]) / 100 * size)
  names(out) <- c(name, "Freq"); out }
raked <- rake(des, list(~sex, ~band), list(margin("sex"), margin("band")),
              control = list(maxit = 500, epsilon = 1e-12, verbose = FALSE))
told <- function(design) {
  m <- svymean(~y + income, design); t <- svytotal(~income, design)
  by <- svyby(~y, ~region, design, svymean)
  list(mean = as.numeric(coef(m)), mean_se = as.numeric(SE(m)), mean_ci = unname(confint(m, df = degf(design))),
       total = as.numeric(coef(t)), total_se = as.numeric(SE(t)), by = as.numeric(by$y), by_se = as.numeric(by$se),
       weights = as.numeric(weights(design)))
}
pop <- c("(Intercept)" = size, sexm = share$sex[["m"]] / 100 * size, "band30-59" = .494 * size, "band60+" = .265 * size)
bounded <- calibrate(des, ~sex + band, pop, calfun = "logit", bounds = c(.5, 2.2), epsilon = 1e-12, maxit = 200)
linear <- calibrate(des, ~sex + band + income, c(pop, income = 1.02 * sum(d$w * d$income)), epsilon = 1e-12)
write_json(list(versions = list(R = R.version.string, survey = as.character(packageVersion("survey"))),
  data = d, size = size, raked = told(raked), logit = told(bounded), linear = told(linear),
  income_total = 1.02 * sum(d$w * d$income)), "tests/reference/survey_weights_sheet.json", digits = NA, auto_unbox = TRUE)
