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
# Both models are fitted here by Newton steps on their score equations, started where MASS and nnet stop (their optimisers
# stop early); the Hessian is the Jacobian of the scores by numDeriv, the variance that of svytotal of the influence.
solve_scores <- function(score, theta, w) {
  total <- function(t) colSums(w * score(t))
  for (step in 1:40) {
    H <- numDeriv::jacobian(total, theta); move <- solve(H, total(theta)); theta <- theta - move
    if (max(abs(move)) < 1e-13) break
  }
  list(theta = theta, H = numDeriv::jacobian(total, theta))
}
told_by <- function(design, score, start) {
  found <- solve_scores(score, start, weights(design, "sampling"))
  infl <- as.data.frame(-score(found$theta) %*% solve(found$H)); names(infl) <- paste0("i", seq_along(start))
  design$variables <- cbind(design$variables, infl)
  list(estimate = found$theta, se = sqrt(diag(vcov(svytotal(reformulate(names(infl)), design)))))
}
ord_score <- function(data) { X <- cbind(data$age, data$sex == "m"); y <- as.integer(data$trust); function(t) {
  cuts <- c(-Inf, t[3:5], Inf); eta <- drop(X %*% t[1:2]); up <- cuts[y + 1] - eta; low <- cuts[y] - eta
  p <- plogis(up) - plogis(low); a <- dlogis(up) / p; b <- dlogis(low) / p
  cbind((b - a) * X, sapply(1:3, function(k) a * (y == k) - b * (y == k + 1))) } }
ord <- function(x) {
  m <- svyolr(factor(trust, ordered = TRUE) ~ age + sex, x, control = list(reltol = 1e-15, maxit = 500))
  told_by(x, ord_score(x$variables), unname(c(coef(m, intercepts = FALSE), m$zeta))) }
mult_score <- function(data) { X <- cbind(1, data$age, data$sex == "m"); Y <- cbind(data$vote == "left", data$vote == "right")
  function(t) { e <- exp(X %*% cbind(t[1:3], t[4:6])); P <- e / (1 + rowSums(e)); cbind((Y - P)[, 1] * X, (Y - P)[, 2] * X) } }
first <- as.numeric(t(coef(multinom(vote ~ age + sex, data = d, weights = w, trace = FALSE, maxit = 2000))))
mult <- told_by(des, mult_score(d), first)
m <- withReplicates(jk, function(w, data) solve_scores(mult_score(data), first, w)$theta)
inter <- svyglm(income ~ log(age) * sex + region, des)
write_json(list(versions = list(R = R.version.string, survey = as.character(packageVersion("survey")),
    MASS = as.character(packageVersion("MASS")), nnet = as.character(packageVersion("nnet")),
    numDeriv = as.character(packageVersion("numDeriv"))), data = d,
  subset = part(old), subset_jk = part(subset(jk, age >= 50)), subset_raked = part(subset(raked, age >= 50)),
  contrast = list(estimate = unname(coef(con)), se = unname(as.numeric(SE(con))), p = unname(p),
    holm = unname(p.adjust(p, "holm")), bh = unname(p.adjust(p, "BH")), bonferroni = unname(p.adjust(p, "bonferroni"))),
  logistic = c(fit(log1), list(df = log1$df.residual, ci = unname(exp(confint(log1, ddf = log1$df.residual))))),
  ordinal = ord(des), ordinal_old = ord(old), multinomial = mult,
  multinomial_jk = list(estimate = as.numeric(coef(m)), se = as.numeric(SE(m))),
  formula = fit(inter)), "tests/reference/survey_door.json", digits = NA, auto_unbox = TRUE)
