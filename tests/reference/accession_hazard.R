# Complementary log-log regression on person-period rows: the maximum likelihood mode of the hazard model.
# Rscript tests/reference/accession_hazard.R  (writes accession_hazard.json beside this file)
suppressMessages(library(jsonlite))
set.seed(20261123)
n <- 600
step <- sample(0:2, n, TRUE)
x <- round(rnorm(n), 3)
blocked <- rbinom(n, 1, 0.15)
piece <- sample(0:2, n, TRUE, c(0.5, 0.3, 0.2))
month <- 1 / 12
eta <- c(-0.4, -1.2, -0.7)[step + 1] + 0.5 * x - 1.1 * blocked - 0.4 * (piece >= 1) + 0.6 * (piece >= 2)
months <- sample(1:24, n, TRUE)
events <- rbinom(n, months, 1 - exp(-month * exp(eta)))
fit <- glm(cbind(events, months - events) ~ 0 + factor(step) + x + blocked + I(piece >= 1) + I(piece >= 2),
           offset = rep(log(month), n), family = binomial(link = "cloglog"), control = list(epsilon = 1e-14, maxit = 100))
# observed information, because glm reports the expected one
X <- model.matrix(fit)
h <- month * exp(as.vector(X %*% coef(fit)))
observed <- (months - events) * h + events * (-(h * (expm1(h) - h * exp(h))) / expm1(h)^2)
se_observed <- sqrt(diag(solve(t(X) %*% (observed * X))))
writeLines(toJSON(list(
  r = R.version.string, packages = list(stats = as.character(packageVersion("stats"))),
  step = step, x = x, blocked = blocked, piece = piece, months = months, events = events,
  estimate = unname(coef(fit)), std_error = unname(sqrt(diag(vcov(fit)))), std_error_observed = unname(se_observed),
  log_likelihood = sum((months - events) * -h + events * log(-expm1(-h)))
), digits = NA, auto_unbox = TRUE), "tests/reference/accession_hazard.json")
