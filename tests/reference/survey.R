# Reference values for tests/survey/inference/test_estimation_reference.py, from R's package survey.
#
#   Rscript tests/reference/survey.R tests/reference/survey.json
#
# The data are made here, from a seed; weights and answers are rounded so that JSON carries them exactly.
suppressPackageStartupMessages({
  library(survey)
  library(jsonlite)
})

args <- commandArgs(trailingOnly = TRUE)
path <- if (length(args)) args[1] else "tests/reference/survey.json"
set.seed(20261123)

make_rows <- function(lonely) {
  rows <- list()
  psu <- 0
  strata <- c("A", "B", "C", "D")
  sizes <- c(6, 5, 8, 4)
  if (lonely) {
    strata <- c(strata, "E", "F")
    sizes <- c(sizes, 1, 1)
  }
  for (h in seq_along(strata)) {
    for (i in seq_len(sizes[h])) {
      psu <- psu + 1
      m <- sample(4:14, 1)
      effect <- rnorm(1, 0, 0.7)
      latent <- rnorm(m, effect + 0.3 * h, 1)
      q <- as.character(cut(latent, c(-Inf, -0.5, 0.3, 1.0, 1.8, Inf), labels = 1:5))
      q[runif(m) < 0.06] <- NA
      y <- round(2 + latent + rnorm(m, 0, 0.5), 3)
      y[runif(m) < 0.08] <- NA
      w <- round(exp(rnorm(m, 3 + 0.2 * h, 0.4)), 4)
      w[runif(m) < 0.02] <- 0
      region <- sample(c("north", "south", "west"), m, replace = TRUE)
      rare <- ifelse(runif(m) < 0.05, "few", "most")
      nearly <- ifelse(runif(m) < 0.004, "no", "yes")
      rows[[psu]] <- data.frame(stratum = strata[h], psu = paste0("p", psu), weight = w, region = region,
                                rare = rare, q = q, y = y, nearly = nearly, stringsAsFactors = FALSE)
    }
  }
  do.call(rbind, rows)
}

number <- function(x) if (is.null(x)) NA else as.numeric(x)

ci <- function(formula, design, method, df) {
  result <- tryCatch(suppressWarnings(svyciprop(formula, design, method = method, df = df)), error = function(e) NULL)
  if (is.null(result)) return(c(NA, NA))
  number(confint(result))
}

one_domain <- function(design, levels) {
  out <- list(df = degf(design))
  m <- svymean(~y, design, na.rm = TRUE, deff = "replace")
  out$mean <- list(estimate = number(coef(m)), std_error = number(SE(m)), deff = number(deff(m)),
                   ci = number(confint(m, df = degf(design))), n = sum(!is.na(design$variables$y) & weights(design) > 0))
  w <- svymean(~y, design, na.rm = TRUE, deff = TRUE)
  out$mean$deff_without_replacement <- number(deff(w))
  t <- svytotal(~y, design, na.rm = TRUE, deff = "replace")
  out$total <- list(estimate = number(coef(t)), std_error = number(SE(t)), deff = number(deff(t)),
                    ci = number(confint(t, df = degf(design))))
  for (column in names(levels)) {
    f <- as.formula(paste0("~factor(", column, ", levels = c(", paste0("'", levels[[column]], "'", collapse = ","), "))"))
    p <- svymean(f, design, na.rm = TRUE, deff = "replace")
    tt <- svytotal(f, design, na.rm = TRUE)
    out[[column]] <- list()
    for (k in seq_along(levels[[column]])) {
      level <- levels[[column]][k]
      g <- as.formula(paste0("~I(", column, " == '", level, "')"))
      out[[column]][[level]] <- list(
        estimate = number(coef(p))[k], std_error = number(SE(p))[k], deff = number(deff(p))[k],
        ci_logit = ci(g, design, "logit", degf(design)), ci_xlogit = ci(g, subset(design, !is.na(get(column))), "xlogit", degf(design)),
        total = number(coef(tt))[k], total_std_error = number(SE(tt))[k])
    }
  }
  out
}

by_domains <- function(design, levels) {
  out <- list(all = one_domain(design, levels))
  for (column in c("region", "rare")) {
    for (value in sort(unique(design$variables[[column]]))) {
      out[[paste0(column, "=", value)]] <- one_domain(design[design$variables[[column]] == value, ], levels)
    }
  }
  out
}

levels <- list(q = as.character(1:5), nearly = c("no", "yes"))
plain <- make_rows(FALSE)
lonely <- make_rows(TRUE)
options(survey.lonely.psu = "fail")
results <- list()
results$stratified <- by_domains(svydesign(~psu, strata = ~stratum, weights = ~weight, data = plain), levels)
results$clustered <- by_domains(svydesign(~psu, weights = ~weight, data = plain), levels)
results$elements <- by_domains(svydesign(~1, strata = ~stratum, weights = ~weight, data = plain), levels)
results$simple <- by_domains(suppressWarnings(svydesign(~1, weights = ~one, data = transform(plain, one = 1))), levels)
results_lonely <- list()
for (option in c("remove", "adjust", "average", "certainty")) {
  options(survey.lonely.psu = option)
  results_lonely[[option]] <- by_domains(svydesign(~psu, strata = ~stratum, weights = ~weight, data = lonely), levels)
}
options(survey.lonely.psu = "fail")
fails <- inherits(try(svymean(~y, svydesign(~psu, strata = ~stratum, weights = ~weight, data = lonely), na.rm = TRUE),
                      silent = TRUE), "try-error")

write_json(list(
  made_by = "tests/reference/survey.R",
  versions = list(R = paste(R.version$major, R.version$minor, sep = "."), survey = as.character(packageVersion("survey")),
                  jsonlite = as.character(packageVersion("jsonlite"))),
  data = list(plain = plain, lonely = lonely), results = results, lonely = results_lonely, lonely_fails = fails
), path, dataframe = "columns", digits = NA, auto_unbox = TRUE, na = "null", pretty = FALSE)
