# Small domains against base R: binomial groups with normal effects, by nested adaptive quadrature (integrate), the
# pooled share by glm, and, where lme4 is there, its maximum-likelihood fit with 25 quadrature points.
# Rscript tests/reference/survey_small_area.R > tests/reference/survey_small_area.json
library(jsonlite)
set.seed(20261123)
sizes <- c(12, 40, 25, 8, 60, 33, 90, 18)
truth <- plogis(0.4 + 0.7 * rnorm(length(sizes)))
yes <- rbinom(length(sizes), sizes, truth)
sds <- c(0.1, 0.3, 0.6, 1.0, 1.6)

group <- function(y, n, b, s, f = function(u) 1) {
  mode <- optimize(function(u) -(dbinom(y, n, plogis(b + u), log = TRUE) - u^2 / (2 * s^2)), c(-8, 8), tol = 1e-10)$minimum
  peak <- dbinom(y, n, plogis(b + mode), log = TRUE) + dnorm(mode, 0, s, log = TRUE)
  spread <- 1 / sqrt(n * plogis(b + mode) * (1 - plogis(b + mode)) + 1 / s^2)
  g <- function(u) f(u) * exp(dbinom(y, n, plogis(b + u), log = TRUE) + dnorm(u, 0, s, log = TRUE) - peak)
  exp(peak) * integrate(Vectorize(g), mode - 10 * spread, mode + 10 * spread, rel.tol = 1e-10, subdivisions = 400)$value
}
joint <- function(b, s) prod(mapply(function(y, n) group(y, n, b, s), yes, sizes))
over <- function(f, s) {  # the flat intercept: trapezoidal rule, exact to rounding for a smooth bell
  b <- seq(-4.5, 5.5, length.out = 121)
  sum(sapply(b, f)) * (b[2] - b[1])
}
marginal <- sapply(sds, function(s) over(function(b) joint(b, s), s))
logits <- t(sapply(sds, function(s) {
  total <- over(function(b) joint(b, s), s)
  sapply(seq_along(sizes), function(j) over(function(b) {
    whole <- joint(b, s)
    whole * (b + group(yes[j], sizes[j], b, s, function(u) u) / group(yes[j], sizes[j], b, s))
  }, s) / total)
}))
pooled <- glm(cbind(yes, sizes - yes) ~ 1, family = binomial, control = list(epsilon = 1e-14))
found <- list(
  versions = list(R = R.version.string),
  successes = yes, trials = sizes, sds = sds,
  log_marginal = log(marginal) - log(marginal[1]), logits = logits,
  pooled_logit = unname(coef(pooled)), pooled_se = unname(sqrt(diag(vcov(pooled))))
)
if (requireNamespace("lme4", quietly = TRUE)) {
  data <- data.frame(yes = yes, no = sizes - yes, j = factor(seq_along(sizes)))
  fit <- lme4::glmer(cbind(yes, no) ~ 1 + (1 | j), data, family = binomial, nAGQ = 25)
  found$versions$lme4 <- as.character(packageVersion("lme4"))
  found$lme4 <- list(sd = unname(attr(lme4::VarCorr(fit)$j, "stddev")), intercept = unname(lme4::fixef(fit)))
}
cat(toJSON(found, digits = I(15), auto_unbox = TRUE, pretty = TRUE))
