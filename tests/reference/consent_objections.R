# Onset of objections by pair of member and candidate: complementary log-log regression on years at risk, without and with
# effects of members and candidates.
# Rscript tests/reference/consent_objections.R  (writes consent_objections.json beside this file)
suppressMessages({library(jsonlite); library(lme4)})
set.seed(20261130)
members <- 30
candidates <- 40
pair <- expand.grid(member = seq_len(members), candidate = seq_len(candidates))
n <- nrow(pair)
pair$dispute <- rbinom(n, 1, 0.12)
pair$neighbour <- rbinom(n, 1, 0.15)
pair$years <- sample(4:25, n, TRUE)
u <- rnorm(members, 0, 0.7)
v <- rnorm(candidates, 0, 0.6)
eta <- -4.5 + 1.4 * pair$dispute + 0.6 * pair$neighbour + u[pair$member] + v[pair$candidate]
pair$events <- rbinom(n, pair$years, 1 - exp(-exp(eta)))
control <- list(epsilon = 1e-14, maxit = 100)
plain <- glm(cbind(events, years - events) ~ dispute + neighbour, family = binomial(link = "cloglog"), data = pair,
             control = control)
# observed information, because glm reports the expected one
X <- model.matrix(plain)
h <- exp(as.vector(X %*% coef(plain)))
observed <- (pair$years - pair$events) * h + pair$events * (-(h * (expm1(h) - h * exp(h))) / expm1(h)^2)
se_observed <- sqrt(diag(solve(t(X) %*% (observed * X))))
mixed <- glmer(cbind(events, years - events) ~ dispute + neighbour + (1 | member) + (1 | candidate),
               family = binomial(link = "cloglog"), data = pair,
               control = glmerControl(optimizer = "bobyqa", optCtrl = list(maxfun = 2e5)))
sds <- as.data.frame(VarCorr(mixed))
half <- qnorm(0.95)
writeLines(toJSON(list(
  r = R.version.string,
  packages = list(stats = as.character(packageVersion("stats")), lme4 = as.character(packageVersion("lme4"))),
  member = pair$member - 1, candidate = pair$candidate - 1, dispute = pair$dispute, neighbour = pair$neighbour,
  years = pair$years, events = pair$events,
  glm = list(estimate = unname(coef(plain)), std_error = unname(sqrt(diag(vcov(plain)))),
             std_error_observed = unname(se_observed),
             log_likelihood = sum((pair$years - pair$events) * -h + pair$events * log(-expm1(-h)))),
  glmer = list(estimate = unname(fixef(mixed)), std_error = unname(sqrt(diag(as.matrix(vcov(mixed))))),
               low = unname(fixef(mixed) - half * sqrt(diag(as.matrix(vcov(mixed))))),
               high = unname(fixef(mixed) + half * sqrt(diag(as.matrix(vcov(mixed))))),
               sd_member = sds$sdcor[sds$grp == "member"], sd_candidate = sds$sdcor[sds$grp == "candidate"],
               member_effect = unname(ranef(mixed)$member[, 1]), candidate_effect = unname(ranef(mixed)$candidate[, 1]))
), digits = NA, auto_unbox = TRUE), "tests/reference/consent_objections.json")
