# Reference values for tests/survey/weights/test_weighting_reference.py, from R's package survey.
#
#   Rscript tests/reference/survey_weighting.R tests/reference/survey_weighting.json
#
# The data are made here, from a seed, and rounded so that JSON carries them exactly. Iterations run to 1e-13 or closer.
suppressPackageStartupMessages({
  library(survey)
  library(jsonlite)
})

args <- commandArgs(trailingOnly = TRUE)
path <- if (length(args)) args[1] else "tests/reference/survey_weighting.json"
set.seed(20261124)

rows <- list()
psu <- 0
sizes <- c(A = 5, B = 4, C = 6, D = 3)
for (h in names(sizes)) for (i in seq_len(sizes[[h]])) {
  psu <- psu + 1
  m <- sample(9:16, 1)
  k <- match(h, names(sizes))
  latent <- rnorm(m, rnorm(1, 0, 0.5) + 0.2 * k, 1)
  y <- round(3 + latent, 3)
  y[runif(m) < 0.07] <- NA
  rows[[psu]] <- data.frame(
    stratum = h, psu = paste0("p", psu), weight = round(exp(rnorm(m, 3, 0.45)), 4),
    region = sample(c("north", "south", "west"), m, replace = TRUE, prob = c(.45, .35, .2)),
    age = sample(c("18-34", "35-54", "55+"), m, replace = TRUE),
    sex = sample(c("f", "m"), m, replace = TRUE), income = round(exp(rnorm(m, 1.5 + 0.2 * latent, 0.5)), 3),
    answered = runif(m) < 0.8, y = y, q = as.character(cut(latent, c(-Inf, -0.3, 0.8, Inf), labels = c("a", "b", "c"))))
}
data <- do.call(rbind, rows)
taylor <- svydesign(~psu, strata = ~stratum, weights = ~weight, data = data)
replicate <- as.svrepdesign(taylor, type = "JKn")

size <- 5500
region <- data.frame(region = c("north", "south", "west"), Freq = c(2700, 1800, 1000))
age <- data.frame(age = c("18-34", "35-54", "55+"), Freq = c(1800, 1900, 1800))
sex <- data.frame(sex = c("f", "m"), Freq = c(2700, 2800))
cells <- expand.grid(region = region$region, sex = sex$sex, stringsAsFactors = FALSE)
cells$Freq <- c(1300, 900, 500, 1400, 900, 500)
totals <- c(`(Intercept)` = size, regionsouth = 1800, regionwest = 1000, `age35-54` = 1900, `age55+` = 1800, income = 34000)
formula <- ~region + age + income

number <- function(x) as.numeric(x)
summarise <- function(design) {
  m <- svymean(~y, design, na.rm = TRUE)
  t <- svytotal(~income, design)
  p <- svymean(~q, design)
  b <- svyby(~income, ~sex, design, svymean)
  df <- degf(design)
  s <- subset(design, region == "south")
  list(weights = number(weights(design, "sampling")), df = df,
       mean = list(estimate = number(coef(m)), std_error = number(SE(m)), ci = number(confint(m, df = df))),
       total = list(estimate = number(coef(t)), std_error = number(SE(t)), ci = number(confint(t, df = df))),
       shares = list(estimate = number(coef(p)), std_error = number(SE(p))),
       by_sex = list(estimate = number(coef(b)), std_error = number(SE(b))),
       south = list(estimate = number(coef(svymean(~income, s))), std_error = number(SE(svymean(~income, s))), df = degf(s)),
       size = list(estimate = number(coef(svytotal(~one, update(design, one = 1)))),
                   std_error = number(SE(svytotal(~one, update(design, one = 1))))))
}

everything <- function(design, bounds) {
  raked <- rake(design, list(~region, ~age, ~sex), list(region, age, sex), control = list(maxit = 2000, epsilon = 1e-11))
  out <- list(base = design)
  out$post_stratified <- postStratify(design, ~region, region)
  out$post_stratified_cells <- postStratify(design, ~region + sex, cells)
  out$post_stratified_twice <- postStratify(postStratify(design, ~region, region), ~age, age)
  out$raked <- raked
  out$linear <- calibrate(design, formula, totals)
  out$linear_variance <- calibrate(design, ~income, c(size, 34000), variance = c(0, 1))
  out$linear_bounded <- calibrate(design, formula, totals, bounds = bounds, epsilon = 1e-13, maxit = 500)
  out$raking <- calibrate(design, formula, totals, calfun = "raking", epsilon = 1e-13, maxit = 500)
  out$raking_bounded <- calibrate(design, formula, totals, calfun = "raking", bounds = bounds, epsilon = 1e-13, maxit = 500)
  out$logit <- calibrate(design, formula, totals, calfun = "logit", bounds = if (bounds[1] > 0.6) c(0.6, 1.6) else c(0.3, 3), epsilon = 1e-13, maxit = 500)
  out$greg_after_post <- calibrate(postStratify(design, ~sex, sex), ~income, c(size, 34000))
  # R 4.1 leaves the weights of a replicate design as they were: compared for Taylor designs alone
  if (!inherits(design, "svyrep.design"))
    out$trimmed_after_post <- trimWeights(postStratify(design, ~region, region), upper = 60, lower = 8)
  out
}

results <- list()
for (kind in c("taylor", "replicate")) {
  # narrower bounds cannot be met in some replicates: R warns there and goes on, shteg refuses
  designs <- everything(get(kind), if (kind == "taylor") c(0.75, 1.3) else c(0.4, 2.5))
  for (name in names(designs)) {
    results[[kind]][[name]] <- tryCatch(summarise(designs[[name]]), error = function(e) list(error = conditionMessage(e)))
  }
}
trimming <- list(
  once = number(weights(trimWeights(taylor, upper = 40, lower = 9), "sampling")),
  strict = number(weights(trimWeights(taylor, upper = 33, lower = 9, strict = TRUE), "sampling")))

# Weighting classes: answered respondents carry the weight of their class.
answered <- subset(data, answered)
classes <- aggregate(weight ~ region + sex, data, sum)
nonresponse <- with(data, {
  full <- ave(weight, region, sex, FUN = sum)
  held <- ave(weight * answered, region, sex, FUN = sum)
  ifelse(answered, weight * full / held, 0)
})
propensity <- fitted(svyglm(answered ~ region + sex + income, taylor, family = quasibinomial,
                            control = list(epsilon = 1e-14, maxit = 100)))

write_json(list(
  made_by = "tests/reference/survey_weighting.R",
  versions = list(R = paste(R.version$major, R.version$minor, sep = "."), survey = as.character(packageVersion("survey")),
                  jsonlite = as.character(packageVersion("jsonlite"))),
  data = data, replicate_weights = unname(as.matrix(weights(replicate, "analysis"))), scale = replicate$scale,
  rscales = replicate$rscales,
  margins = list(region = setNames(as.list(region$Freq), region$region), age = setNames(as.list(age$Freq), age$age),
                 sex = setNames(as.list(sex$Freq), sex$sex)),
  cells = cells, results = results, trimming = trimming, nonresponse = nonresponse, propensity = number(propensity)
), path, dataframe = "columns", matrix = "columnmajor", digits = NA, auto_unbox = TRUE, na = "null", pretty = FALSE)
