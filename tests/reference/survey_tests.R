# Reference values for tests/survey/hypotheses/test_tests_reference.py, from R's package survey.
#
#   Rscript tests/reference/survey_tests.R tests/reference/survey_tests.json
#
# The data are made here, from a seed, and rounded so that JSON carries them exactly.
suppressPackageStartupMessages({
  library(survey)
  library(jsonlite)
})

args <- commandArgs(trailingOnly = TRUE)
path <- if (length(args)) args[1] else "tests/reference/survey_tests.json"
set.seed(20261125)
tight <- list(epsilon = 1e-300, maxit = 40)  # until the deviance no longer moves

rows <- list()
psu <- 0
sizes <- c(A = 6, B = 5, C = 7, D = 4)
for (h in names(sizes)) for (i in seq_len(sizes[[h]])) {
  psu <- psu + 1
  m <- sample(8:14, 1)
  k <- match(h, names(sizes))
  latent <- rnorm(m, rnorm(1, 0, 0.5) + 0.2 * k, 1)
  region <- sample(c("north", "south", "west"), m, replace = TRUE, prob = c(.45, .35, .2))
  sex <- sample(c("f", "m"), m, replace = TRUE)
  income <- round(exp(rnorm(m, 1.5 + 0.2 * latent, 0.5)), 3)
  y <- round(3 + latent + 0.4 * (sex == "m") + 0.3 * (region == "west") + 0.05 * income, 1)
  support <- as.integer(runif(m) < plogis(0.3 * latent - 0.4 * (region == "south") + 0.5 * (sex == "m")))
  visits <- rpois(m, exp(0.2 + 0.3 * latent))
  q <- as.character(cut(latent, c(-Inf, -0.3, 0.8, Inf), labels = c("a", "b", "c")))
  y[runif(m) < 0.06] <- NA
  q[runif(m) < 0.05] <- NA
  income[runif(m) < 0.04] <- NA
  region[runif(m) < 0.03] <- NA
  rows[[psu]] <- data.frame(stratum = h, psu = paste0("p", psu), weight = round(exp(rnorm(m, 3, 0.45)), 4), region = region,
                            sex = sex, income = income, y = y, support = support, visits = visits, q = q)
}
data <- do.call(rbind, rows)
data$band <- ifelse(data$stratum %in% c("A", "B"), "low", "high")
taylor <- svydesign(~psu, strata = ~stratum, weights = ~weight, data = data)
sex <- data.frame(sex = c("f", "m"), Freq = c(2600, 2700))
strata <- data.frame(stratum = c("A", "B", "C", "D"), Freq = c(1400, 1200, 1700, 1000))
designs <- list(
  taylor = taylor,
  replicate = as.svrepdesign(taylor, type = "JKn"),
  raked = rake(taylor, list(~sex, ~stratum), list(sex, strata), control = list(maxit = 2000, epsilon = 1e-11)),
  clustered = svydesign(~psu, weights = ~weight, data = data),
  domain = subset(taylor, sex == "f"))

number <- function(x) as.numeric(x)
htest <- function(t) list(statistic = number(t$statistic), parameter = number(t$parameter), p_value = number(t$p.value),
                          estimate = number(t$estimate))
attempt <- function(expr) tryCatch(suppressWarnings(expr), error = function(e) list(error = conditionMessage(e)))

model <- function(formula, design, family, terms, newdata) attempt({
  fit <- svyglm(formula, design, family = family, control = tight)
  begin <<- coef(fit) # once more from there: R's covariance is that of the last step but one
  if (!inherits(design, "svyrep.design")) fit <- svyglm(formula, design, family = family, control = tight, start = begin)
  s <- summary(fit)
  ci <- confint(fit)
  out <- list(names = names(coef(fit)), estimate = number(coef(fit)), std_error = number(SE(fit)), df = fit$df.residual,
              statistic = number(s$coefficients[, 3]), p_value = number(s$coefficients[, 4]),
              ci_low = number(ci[, 1]), ci_high = number(ci[, 2]), covariance = unname(as.matrix(vcov(fit))),
              n = length(fit$y), dispersion = number(s$dispersion))
  for (term in names(terms)) {
    w <- regTermTest(fit, terms[[term]])
    out$terms[[term]] <- list(statistic = number(w$Ftest), df = number(w$df), ddf = number(w$ddf), p_value = number(w$p))
  }
  for (type in c("link", "response")) {
    p <- predict(fit, newdata, type = type, se.fit = TRUE)
    out$predict[[type]] <- list(estimate = number(coef(p)), std_error = number(SE(p)))
  }
  out
})

everything <- function(design) {
  out <- list()
  for (statistic in c("F", "Chisq", "Wald", "adjWald", "saddlepoint")) {
    out$chisq$region_q[[statistic]] <- attempt(htest(svychisq(~region + q, design, statistic = statistic)))
    out$chisq$sex_support[[statistic]] <- attempt(htest(svychisq(~sex + support, design, statistic = statistic)))
    out$chisq$support_q[[statistic]] <- attempt(htest(svychisq(~support + q, design, statistic = statistic)))
  }
  known <- subset(design, !is.na(y))
  out$t$one <- attempt({ t <- svyttest(I(y - 3) ~ 0, known); c(htest(t), list(ci = number(confint(t)))) })
  out$t$two <- attempt({ t <- svyttest(y ~ sex, design); c(htest(t), list(ci = number(confint(t)))) })
  out$t$support <- attempt({ t <- svyttest(y ~ support, design); c(htest(t), list(ci = number(confint(t)))) })
  for (test in c("wilcoxon", "vanderWaerden", "median"))
    out$rank$support[[test]] <- attempt(htest(svyranktest(y ~ support, design, test = test)))
  for (test in c("KruskalWallis", "vanderWaerden", "median"))
    out$rank$region[[test]] <- attempt(htest(svyranktest(y ~ region, design, test = test)))
  newdata <- data.frame(region = c("north", "south", "west"), sex = "f", income = c(4, 6, 9.5))
  newdata$sex <- factor(newdata$sex, levels = c("f", "m"))
  if (!identical(design, designs$domain)) {
    out$glm$linear <- model(y ~ region + sex + income, design, gaussian(), list(region = ~region, sex = ~sex), newdata)
    out$glm$interaction <- model(y ~ region * sex + income, design, gaussian(), list(`region:sex` = ~region:sex), newdata)
    out$glm$logistic <- model(support ~ region + sex + income, design, quasibinomial(), list(region = ~region), newdata)
    out$glm$poisson <- model(visits ~ region + sex + income, design, quasipoisson(), list(region = ~region), newdata)
  }
  out$glm$domain_linear <- model(y ~ region + income, design, gaussian(), list(region = ~region), newdata)
  out$glm$domain_logistic <- model(support ~ region + income, design, quasibinomial(), list(region = ~region), newdata)
  out$glm$aliased <- attempt({
    fit <- svyglm(y ~ income + I(2 * income) + region, design)
    list(names = names(coef(fit)), estimate = ifelse(is.na(coef(fit)), NA, coef(fit)), std_error = number(SE(fit)), df = fit$df.residual)
  })
  out
}

results <- lapply(designs, everything)
write_json(list(
  made_by = "tests/reference/survey_tests.R",
  versions = list(R = paste(R.version$major, R.version$minor, sep = "."), survey = as.character(packageVersion("survey")),
                  jsonlite = as.character(packageVersion("jsonlite"))),
  data = data, replicate_weights = unname(as.matrix(weights(designs$replicate, "analysis"))),
  scale = designs$replicate$scale, rscales = designs$replicate$rscales,
  margins = list(sex = setNames(as.list(sex$Freq), sex$sex), stratum = setNames(as.list(strata$Freq), strata$stratum)),
  results = results
), path, dataframe = "columns", matrix = "columnmajor", digits = NA, auto_unbox = TRUE, na = "null", pretty = FALSE)
