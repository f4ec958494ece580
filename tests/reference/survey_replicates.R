# Reference values for tests/survey/designs/test_replicates_reference.py, from R's package survey.
#
#   Rscript tests/reference/survey_replicates.R tests/reference/survey_replicates.json
#
# The data are made here, from a seed; numbers are rounded so that JSON carries them exactly.
suppressPackageStartupMessages({
  library(survey)
  library(jsonlite)
})
args <- commandArgs(trailingOnly = TRUE)
path <- if (length(args)) args[1] else "tests/reference/survey_replicates.json"
set.seed(909)

# twelve strata of two PSUs, so that every kind of replicates can be made
data <- do.call(rbind, lapply(1:12, function(h) do.call(rbind, lapply(1:2, function(i) {
  m <- sample(4:9, 1)
  data.frame(h = h, a = 10 * h + i, y = round(rnorm(m, 3 + 0.3 * h + rnorm(1, 0, 0.6)), 2),
             q = sample(c("yes", "no"), m, TRUE, c(.8, .2)), r = sample(1:11, m, TRUE),
             part = sample(c("veri", "jug"), m, TRUE), w = round(runif(m, 1, 9), 2), stringsAsFactors = FALSE)
}))))
data$one <- ifelse(data$a == 32, "inside", ifelse(data$a %in% c(51, 52, 61), "few", "rest"))
data$y[sample(nrow(data), 5)] <- NA
data$q[sample(nrow(data), 4)] <- NA
data <- data[sample(nrow(data)), ]
# (no column is named g: svyglm of a replicate design would take it for its own variable)
number <- function(x) as.numeric(x)

plain <- svydesign(~a, strata = ~h, weights = ~w, data = data)
flat <- svydesign(~a, weights = ~w, data = data)
designs <- list(
  taylor = plain,
  JK1 = as.svrepdesign(flat, type = "JK1"),
  JKn = as.svrepdesign(plain, type = "JKn"),
  BRR = as.svrepdesign(plain, type = "BRR"),
  Fay = as.svrepdesign(plain, type = "Fay", fay.rho = 0.4),
  bootstrap = as.svrepdesign(plain, type = "bootstrap", replicates = 40),
  subbootstrap = as.svrepdesign(plain, type = "subbootstrap", replicates = 40),
  JKn_mse = as.svrepdesign(plain, type = "JKn", mse = TRUE)
)
# svyciprop's logistic models stop early: here the logit of the share is taken from each replicate
to_the_end <- function(d) {
  m <- withReplicates(subset(d, !is.na(q)), function(w, data) qlogis(sum(w * (data$q == "yes")) / sum(w)))
  plogis(number(coef(m)) + c(-1, 1) * qt(0.975, degf(subset(d, !is.na(q)))) * number(SE(m)))
}
out <- list()
for (name in names(designs)) {
  d <- designs[[name]]
  props <- list()
  for (method in c("logit", "likelihood", "asin", "beta", "mean", "xlogit")) {
    r <- tryCatch(svyciprop(~I(q == "yes"), subset(d, !is.na(q)), method = method), error = function(e) NULL)
    if (!is.null(r)) props[[method]] <- list(estimate = number(coef(r)), se = number(SE(r)), ci = number(confint(r)))
  }
  by <- suppressWarnings(svyby(~y, ~one, d, svytotal, na.rm = TRUE))
  means <- suppressWarnings(svyby(~y, ~part, d, svymean, na.rm = TRUE))
  all <- svymean(~y, d, na.rm = TRUE)
  out[[name]] <- list(
    props = props, logit_to_the_end = if (name == "taylor") NULL else to_the_end(d),
    totals = list(domain = as.character(by$one), estimate = number(coef(by)), se = number(SE(by))),
    means = list(domain = as.character(means$part), estimate = number(coef(means)), se = number(SE(means))),
    mean = number(coef(all)), mean_se = number(SE(all)), df = degf(d), df_g = degf(subset(d, part == "veri")))
  if (name != "taylor") out[[name]] <- c(out[[name]], list(weights = as.matrix(weights(d, "analysis")), scale = d$scale,
    rscales = d$rscales, mse = isTRUE(d$mse)))
}
write_json(list(made_by = "tests/reference/survey_replicates.R",
  versions = list(R = paste(R.version$major, R.version$minor, sep = "."), survey = as.character(packageVersion("survey")),
                  jsonlite = as.character(packageVersion("jsonlite"))),
  data = data, results = out), path, dataframe = "columns", digits = NA, auto_unbox = TRUE, na = "null", matrix = "rowmajor")
