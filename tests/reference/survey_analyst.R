# Correlations, degrees of freedom as R takes them when nothing is said and as degf gives them, subsets of two stages.
library(survey); library(jsonlite)
set.seed(20261203)
n <- 300
d <- data.frame(h = rep(c("a", "b", "c"), each = 100), psu = rep(1:30, each = 10), sex = sample(c("f", "m"), n, TRUE),
  age = sample(18:80, n, TRUE), region = sample(c("n", "s", "w"), n, TRUE), w = round(runif(n, .5, 3), 3))
u <- rnorm(30, 0, .5)[d$psu]
d$income <- round(exp(rnorm(n, 6 + .01 * d$age, .4) + u / 2), 2)
d$trust <- pmin(4, pmax(1, round(2.5 + u + .4 * (d$sex == "f") + rnorm(n))))
d$y <- as.integer(runif(n) < plogis(-1 + .02 * d$age + u))
d$grade <- as.character(cut(.03 * d$age + u + rlogis(n), c(-Inf, 1, 2, Inf), labels = 1:3))
d$income[sample(n, 25)] <- NA; d$trust[sample(n, 18)] <- NA
des <- svydesign(~psu, strata = ~h, weights = ~w, data = d)
cluster <- svydesign(~psu, weights = ~w, data = d)
jk <- as.svrepdesign(des, type = "JKn", compress = FALSE)
items <- c("age", "income", "trust")
pairs <- list(c(1, 2), c(1, 3), c(2, 3))
delta <- function(x, one, two) {  # of the variances of the two and their covariance
  v <- svyvar(reformulate(c(one, two)), x, na.rm = TRUE)
  s <- structure(c(va = v[1, 1], vab = v[1, 2], vb = v[2, 2]), var = vcov(v)[c(1, 2, 4), c(1, 2, 4)], statistic = "variance",
    class = "svystat")
  dimnames(attr(s, "var")) <- list(names(s), names(s))
  r <- svycontrast(s, quote(vab / sqrt(va * vb)))
  z <- svycontrast(s, quote(0.5 * log((1 + vab / sqrt(va * vb)) / (1 - vab / sqrt(va * vb)))))
  list(r = as.numeric(coef(r)), se = as.numeric(SE(r)), z = as.numeric(coef(z)), z_se = as.numeric(SE(z)), df = degf(x)) }
told <- function(f) { m <- lapply(pairs, function(p) f(items[p[1]], items[p[2]])); as.list(as.data.frame(do.call(rbind, lapply(m, unlist)))) }
whole <- function(x) subset(x, !is.na(income) & !is.na(trust))
# withReplicates of the correlation itself: each replicate has its own means, variances and covariances
again <- function(x, one, two) {
  x <- subset(x, !is.na(x$variables[[one]]) & !is.na(x$variables[[two]]))
  m <- withReplicates(x, function(w, data) cov.wt(data[, c(one, two)], w / sum(w), cor = TRUE)$cor[1, 2])
  list(r = as.numeric(coef(m)), se = as.numeric(SE(m)), df = degf(x)) }
correlation <- list(
  stratified = told(function(a, b) delta(whole(des), a, b)), clustered = told(function(a, b) delta(whole(cluster), a, b)),
  jk = told(function(a, b) again(whole(jk), a, b)), pairwise = told(function(a, b) delta(des, a, b)),
  pairwise_jk = told(function(a, b) again(jk, a, b)),
  f = told(function(a, b) delta(subset(whole(des), sex == "f"), a, b)),
  m = told(function(a, b) delta(subset(whole(des), sex == "m"), a, b)))
value <- function(m) if (is.null(coef(m))) as.numeric(m)[1] else coef(m)  # svyvar of replicates has no coef
ci <- function(m, df = Inf) unname(cbind(value(m) - qt(.975, df) * as.numeric(SE(m)), value(m) + qt(.975, df) * as.numeric(SE(m))))
stopifnot(all.equal(ci(svymean(~age, des), 20), unname(as.matrix(confint(svymean(~age, des), df = 20)))),
  all.equal(ci(svyby(~age, ~region, des, svymean)), unname(as.matrix(confint(svyby(~age, ~region, des, svymean))))))
both <- function(m, x = des) list(estimate = unname(value(m)), se = unname(as.numeric(SE(m))), r = ci(m),
  design = ci(m, degf(x)), p = unname(2 * pnorm(-abs(value(m) / as.numeric(SE(m))))), p_design = unname(2 * pt(-abs(value(m) / as.numeric(SE(m))), degf(x))))
modes <- function(x) {
  by <- svyby(~age, ~region, x, svymean, covmat = TRUE)
  share <- svyciprop(~I(y == 1), x, method = "logit"); q <- svyquantile(~age, x, c(.25, .5), qrule = "math")
  linear <- svyglm(age ~ sex + y, x); logit <- suppressWarnings(svyglm(y ~ age + sex, x, family = quasibinomial(), control = list(epsilon = 1e-16, maxit = 60)))
  list(mean = both(svymean(~age, x), x), total = both(svytotal(~age, x), x), ratio = both(svyratio(~age, ~y, x), x),
    by = both(by, x), contrast = both(svycontrast(by, c(n = 1, s = -1, w = 0)), x), variance = both(svyvar(~age, x), x),
    share = list(r = unname(attr(share, "ci")), wald = ci(svymean(~y, x))), df = degf(x),
    quantile = unname(as.matrix(confint(q))),
    linear = list(df = linear$df.residual, r = unname(confint(linear)), p = unname(coef(summary(linear))[, 4]),
      design = unname(confint(linear, ddf = degf(x)))),
    logistic = list(df = logit$df.residual, r = unname(confint(logit)), p = unname(coef(summary(logit))[, 4]),
      design = unname(confint(logit, ddf = degf(x))))) }
m <- svyolr(factor(grade, ordered = TRUE) ~ age + sex, des, control = list(reltol = 1e-15, maxit = 500))
# A design of two stages with population sizes, and parts of it
f <- data.frame(h = rep(c("a", "b"), each = 120), psu = rep(1:12, each = 20), ssu = rep(1:5, each = 4, times = 12),
  age = sample(18:80, 240, TRUE), sex = sample(c("f", "m"), 240, TRUE), N1 = rep(c(30, 40), each = 120),
  N2 = rep(sample(8:15, 12, TRUE), each = 20))
v <- rnorm(12, 0, .5)[f$psu]; f$y <- as.integer(runif(240) < plogis(-1 + .02 * f$age + v)); f$x <- round(rnorm(240, 10 + v, 3), 3)
two <- svydesign(~psu + ssu, strata = ~h, fpc = ~N1 + N2, data = f, nest = TRUE)
part <- function(x) { g <- svyglm(x ~ age, x); b <- svyby(~x, ~sex, x, svymean)
  list(mean = unname(coef(svymean(~x, x))), se = unname(as.numeric(SE(svymean(~x, x)))), total_se = unname(as.numeric(SE(svytotal(~x, x)))),
    df = degf(x), by = b$x, by_se = b$se, model = unname(coef(g)), model_se = unname(sqrt(diag(vcov(g)))), model_df = g$df.residual,
    share_ci = unname(attr(svyciprop(~I(y == 1), x), "ci")), variance_se = unname(as.numeric(SE(svyvar(~x, x)))[1]),
    correlation = delta(x, "x", "age")) }
write_json(list(versions = list(R = R.version.string, survey = as.character(packageVersion("survey"))), data = d,
  correlation = correlation, modes = list(plain = modes(des), old = modes(subset(des, age >= 40)), jk = modes(jk)),
  ordinal = list(names = c(names(coef(m, intercepts = FALSE)), names(m$zeta)), r = unname(as.matrix(confint(m)))),
  two_stages = f, subsets = list(old = part(subset(two, age >= 50)), f = part(subset(two, sex == "f")),
    some = part(subset(two, psu %in% c(1, 2, 3, 7, 8, 9, 10) & ssu <= 3)))),
  "tests/reference/survey_analyst.json", digits = NA, auto_unbox = TRUE)
