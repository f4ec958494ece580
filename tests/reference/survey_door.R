# Subsets, contrasts with p values, odds ratios, ordinal and multinomial models, formulas.
library(survey); library(MASS); library(nnet); library(jsonlite)
set.seed(20261201)
n <- 420
d <- data.frame(h = rep(c("a", "b", "c"), each = 140), psu = rep(1:42, each = 10), sex = sample(c("f", "m"), n, TRUE),
  age = sample(18:80, n, TRUE), region = sample(c("n", "s", "w"), n, TRUE), w = round(runif(n, .5, 3), 3))
u <- rnorm(42, 0, .4)[d$psu]
lat <- .03 * d$age + .5 * (d$sex == "f") + u + rlogis(n)
d$trust <- as.character(cut(lat, c(-Inf, 1, 2, 3.2, Inf), labels = 1:4))
eta <- cbind(0, -.4 + .02 * d$age, .3 - .6 * (d$sex == "f") + u)
pick <- t(apply(exp(eta) / rowSums(exp(eta)), 1, function(p) rmultinom(1, 1, p)))
d$vote <- c("abstain", "left", "right")[max.col(pick)]
d$y <- as.integer(runif(n) < plogis(-1 + .02 * d$age + .5 * (d$sex == "f") + u))
d$income <- round(exp(rnorm(n, 6 + .01 * d$age, .4)), 2)
des <- svydesign(~psu, strata = ~h, weights = ~w, data = d)
jk <- as.svrepdesign(des, type = "JKn", compress = FALSE)
old <- subset(des, age >= 50)
raked <- rake(des, list(~sex), list(data.frame(sex = c("f", "m"), Freq = c(400, 330))),
              control = list(maxit = 200, epsilon = 1e-12, verbose = FALSE))
fit <- function(m) list(estimate = unname(coef(m)), se = unname(sqrt(diag(vcov(m)))))
part <- function(x) { m <- svymean(~income, x); b <- svyby(~income, ~sex, x, svymean)
  list(mean = unname(coef(m)), se = unname(as.numeric(SE(m))), df = degf(x), by = b$income, by_se = b$se,
       total_se = unname(as.numeric(SE(svytotal(~income, x))))) }
by <- svyby(~income, ~region, des, svymean, covmat = TRUE)
con <- svycontrast(by, list(ns = c(n = 1, s = -1, w = 0), nw = c(n = 1, s = 0, w = -1), sw = c(n = 0, s = 1, w = -1)))
t <- coef(con) / SE(con); p <- 2 * pt(-abs(t), degf(des))
log1 <- svyglm(y ~ age + sex, des, family = quasibinomial(), control = list(epsilon = 1e-12))
ord <- function(x) { m <- svyolr(factor(trust, ordered = TRUE) ~ age + sex, x, control = list(reltol = 1e-15, maxit = 500))
  list(estimate = unname(c(coef(m, intercepts = FALSE), m$zeta)), se = unname(sqrt(diag(vcov(m))))) }
mult <- function(w, data) { data$ww <- w
  as.numeric(t(coef(multinom(vote ~ age + sex, data = data, weights = ww, trace = FALSE, maxit = 2000, abstol = 1e-14, reltol = 1e-14)))) }
m <- withReplicates(jk, function(w, data) mult(w, data))
inter <- svyglm(income ~ log(age) * sex + region, des)
write_json(list(versions = list(R = R.version.string, survey = as.character(packageVersion("survey")),
    MASS = as.character(packageVersion("MASS")), nnet = as.character(packageVersion("nnet"))), data = d,
  subset = part(old), subset_jk = part(subset(jk, age >= 50)), subset_raked = part(subset(raked, age >= 50)),
  contrast = list(estimate = unname(coef(con)), se = unname(as.numeric(SE(con))), p = unname(p),
    holm = unname(p.adjust(p, "holm")), bh = unname(p.adjust(p, "BH")), bonferroni = unname(p.adjust(p, "bonferroni"))),
  logistic = c(fit(log1), list(df = log1$df.residual, ci = unname(exp(confint(log1, ddf = log1$df.residual))))),
  ordinal = ord(des), ordinal_old = ord(old), multinomial = list(estimate = as.numeric(coef(m)), se = as.numeric(SE(m))),
  formula = fit(inter)), "tests/reference/survey_door.json", digits = NA, auto_unbox = TRUE)
