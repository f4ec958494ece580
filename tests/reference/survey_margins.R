# Predictive margins and average marginal effects: svypredmeans and svycontrast of it; where R has no function, the
# margins are further unknowns of the score equations (solved by Newton steps, Jacobian by numDeriv), and their variance
# is that of svytotal of the influence. A logistic model with interacting factors by formula.
library(survey); library(MASS); library(nnet); library(jsonlite)
set.seed(20261202)
n <- 360
d <- data.frame(h = rep(c("a", "b", "c"), each = 120), psu = rep(1:36, each = 10), sex = sample(c("f", "m"), n, TRUE),
  age = sample(18:80, n, TRUE), region = sample(c("n", "s", "w"), n, TRUE), w = round(runif(n, .5, 3), 3))
u <- rnorm(36, 0, .4)[d$psu]
d$y <- as.integer(runif(n) < plogis(-1 + .02 * d$age + .5 * (d$sex == "f") + .6 * (d$region == "s") + u))
d$visits <- rpois(n, exp(-.5 + .015 * d$age + .3 * (d$sex == "f") + u / 2))
d$income <- round(exp(rnorm(n, 6 + .01 * d$age + .2 * (d$region == "w"), .4)), 2)
d$trust <- as.character(cut(.03 * d$age + .5 * (d$sex == "f") + u + rlogis(n), c(-Inf, 1, 2, 3.2, Inf), labels = 1:4))
eta <- cbind(0, -.4 + .02 * d$age, .3 - .6 * (d$sex == "f") + u)
d$vote <- c("abstain", "left", "right")[max.col(t(apply(exp(eta) / rowSums(exp(eta)), 1, function(p) rmultinom(1, 1, p))))]
des <- svydesign(~psu, strata = ~h, weights = ~w, data = d)
jk <- as.svrepdesign(des, type = "JKn", compress = FALSE)
old <- subset(des, age >= 40)
tight <- list(epsilon = 1e-16, maxit = 60)
family <- list(gaussian = gaussian(), binomial = quasibinomial(), poisson = quasipoisson())
outcome <- c(gaussian = "income", binomial = "y", poisson = "visits")
told <- function(m) list(names = names(coef(m)), estimate = unname(coef(m)), se = unname(as.numeric(SE(m))),
  ci = unname(as.matrix(confint(m))))
margins <- function(x) lapply(setNames(names(family), names(family)), function(f) {
  m <- do.call(svyglm, list(reformulate(c("age", "sex"), outcome[[f]]), design = x, family = family[[f]], control = tight))
  p <- svypredmeans(m, ~factor(region)); k <- names(coef(p)); w <- setNames(c(-1, 1, 0), c("n", "s", "w"))[k]
  con <- svycontrast(p, list(sn = w, wn = setNames(c(-1, 0, 1), c("n", "s", "w"))[k]))
  c(told(p), list(contrast = unname(coef(con)), contrast_se = unname(as.numeric(SE(con))))) })
# The margins as unknowns: score(theta) gives (n, p), expected(theta, data) gives (n, K).
solve_scores <- function(score, theta, w) {
  total <- function(t) colSums(w * score(t))
  for (step in 1:40) {
    H <- numDeriv::jacobian(total, theta); move <- solve(H, total(theta)); theta <- theta - move
    if (max(abs(move)) < 1e-13) break
  }
  list(theta = theta, H = numDeriv::jacobian(total, theta))
}
quantities <- function(data, expected, slope) function(t) {
  set <- function(name, value) { other <- data; other[[name]] <- value; other }
  f <- expected(t, set("sex", "f")); m <- expected(t, set("sex", "m"))
  cbind(f, m, m - f, slope(t, data), expected(t, set("age", 30))) }
stacked <- function(score, each, p) function(t) { q <- each(t[1:p]); cbind(score(t[1:p]), sweep(q, 2, t[-(1:p)])) }
effects <- function(x, score, start, expected, slope) {
  data <- x$variables; w <- weights(x, "sampling"); each <- quantities(data, expected, slope)
  first <- solve_scores(score(data), start, w)$theta
  q <- colSums(w * each(first)) / sum(w); p <- length(first)
  both <- stacked(score(data), each, p); theta <- c(first, q)
  H <- numDeriv::jacobian(function(t) colSums(w * both(t)), theta)
  infl <- as.data.frame(-both(theta) %*% t(solve(H))); names(infl) <- paste0("i", seq_along(theta))
  x$variables <- cbind(data, infl)
  keep <- -(1:p)
  list(estimate = unname(q), se = unname(sqrt(diag(vcov(svytotal(reformulate(names(infl)), x)))))[keep]) }
replicated <- function(score, start, expected, slope) {
  each <- quantities(d, expected, slope)
  m <- withReplicates(jk, function(w, data) { t <- solve_scores(score(d), start, w)$theta; colSums(w * each(t)) / sum(w) })
  list(estimate = as.numeric(coef(m)), se = as.numeric(SE(m))) }
frame <- function(data) cbind(1, data$age, data$sex == "m", data$age * (data$sex == "m"))
grow <- function(t, data) t[2] + t[4] * (data$sex == "m")
glm_score <- function(name, mean) function(data) { X <- frame(data); function(t) (data[[name]] - mean(drop(X %*% t))) * X }
links <- list(gaussian = list(mean = identity, slope = function(e) rep(1, length(e))),
  binomial = list(mean = plogis, slope = dlogis), poisson = list(mean = exp, slope = exp))
glm_parts <- function(f) list(score = glm_score(outcome[[f]], links[[f]]$mean),
  expected = function(t, data) links[[f]]$mean(drop(frame(data) %*% t)),
  slope = function(t, data) links[[f]]$slope(drop(frame(data) %*% t)) * grow(t, data))
start_of <- function(f, x) unname(coef(svyglm(reformulate("age * sex", outcome[[f]]), x, family = family[[f]], control = tight)))
ord_eta <- function(t, data) cbind(data$age, data$sex == "m") %*% t[1:2]
ord_expected <- function(t, data) { e <- drop(ord_eta(t, data)); up <- sapply(t[3:5], function(z) plogis(z - e))
  cbind(up[, 1], up[, 2] - up[, 1], up[, 3] - up[, 2], 1 - up[, 3]) }
ord_slope <- function(t, data) { e <- drop(ord_eta(t, data)); up <- -t[1] * sapply(t[3:5], function(z) dlogis(z - e))
  cbind(up[, 1], up[, 2] - up[, 1], up[, 3] - up[, 2], -up[, 3]) }
ord_score <- function(data) { X <- cbind(data$age, data$sex == "m"); y <- as.integer(data$trust); function(t) {
  cuts <- c(-Inf, t[3:5], Inf); e <- drop(X %*% t[1:2]); up <- cuts[y + 1] - e; low <- cuts[y] - e
  p <- plogis(up) - plogis(low); a <- dlogis(up) / p; b <- dlogis(low) / p
  cbind((b - a) * X, sapply(1:3, function(k) a * (y == k) - b * (y == k + 1))) } }
ord_start <- function(x) { m <- svyolr(factor(trust, ordered = TRUE) ~ age + sex, x); unname(c(coef(m, intercepts = FALSE), m$zeta)) }
mult_expected <- function(t, data) { e <- exp(cbind(1, data$age, data$sex == "m") %*% cbind(t[1:3], t[4:6])); cbind(1, e) / (1 + rowSums(e)) }
mult_slope <- function(t, data) { P <- mult_expected(t, data); s <- c(0, t[2], t[5]); P * (rep(1, nrow(P)) %o% s - drop(P %*% s)) }
mult_score <- function(data) { X <- cbind(1, data$age, data$sex == "m"); Y <- cbind(data$vote == "left", data$vote == "right")
  function(t) { P <- mult_expected(t, data)[, -1]; cbind((Y - P)[, 1] * X, (Y - P)[, 2] * X) } }
mult_start <- as.numeric(t(coef(multinom(vote ~ age + sex, data = d, weights = w, trace = FALSE, maxit = 2000))))
averages <- function(x) lapply(setNames(names(family), names(family)), function(f) {
  p <- glm_parts(f); effects(x, p$score, start_of(f, x), p$expected, p$slope) })
b <- glm_parts("binomial")
logit <- svyglm(y ~ factor(region) * sex + age, des, family = quasibinomial(), control = tight)
write_json(list(versions = list(R = R.version.string, survey = as.character(packageVersion("survey")),
    MASS = as.character(packageVersion("MASS")), nnet = as.character(packageVersion("nnet")),
    numDeriv = as.character(packageVersion("numDeriv"))), data = d,
  margins = list(plain = margins(des), old = margins(old), jk = margins(jk)),
  effects = list(plain = averages(des), old = averages(old)),
  effects_jk = replicated(b$score, start_of("binomial", des), b$expected, b$slope),
  ordinal = effects(des, ord_score, ord_start(des), ord_expected, ord_slope),
  ordinal_jk = replicated(ord_score, ord_start(des), ord_expected, ord_slope),
  multinomial = effects(des, mult_score, mult_start, mult_expected, mult_slope),
  multinomial_jk = replicated(mult_score, mult_start, mult_expected, mult_slope),
  formula = list(names = names(coef(logit)), estimate = unname(coef(logit)), se = unname(sqrt(diag(vcov(logit)))),
    df = logit$df.residual, ci = unname(confint(logit)), p = unname(summary(logit)$coefficients[, 4]),
    wald = regTermTest(logit, ~factor(region):sex)$p[1])),
  "tests/reference/survey_margins.json", digits = NA, auto_unbox = TRUE)
