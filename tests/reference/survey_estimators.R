# Reference values for tests/survey/inference/test_estimators_reference.py, from R's package survey.
#
#   Rscript tests/reference/survey_estimators.R tests/reference/survey_estimators.json
#
# The data are made here, from a seed; numbers are rounded so that JSON carries them exactly.
suppressPackageStartupMessages({
  library(survey)
  library(jsonlite)
})
args <- commandArgs(trailingOnly = TRUE)
path <- if (length(args)) args[1] else "tests/reference/survey_estimators.json"
set.seed(77)
n <- 160
data <- data.frame(h = rep(c("s1", "s2"), c(70, 90)), stringsAsFactors = FALSE)
data$a <- paste0(data$h, "_", c(sample(1:7, 70, TRUE), sample(1:9, 90, TRUE)))
effect <- rnorm(20)
data$y <- round(rnorm(n) + effect[as.integer(factor(data$a))] * 0.5 + 3, 2)
data$z <- round(2 * data$y + rnorm(n), 2)
data$k <- sample(0:6, n, TRUE)
data$q <- sample(c("yes", "no"), n, TRUE, c(.8, .2))
data$w <- round(runif(n, 1, 6), 2)
data$g <- sample(c("veri", "jug"), n, TRUE)
data$wave <- sample(c("1", "2"), n, TRUE)
data$y[sample(n, 6)] <- NA
data$w[sample(n, 3)] <- 0
data <- data[sample(n), ]
design <- svydesign(~a, strata = ~h, weights = ~w, data = data)
reps <- as.svrepdesign(design, type = "JKn")
number <- function(x) as.numeric(x)
rules <- c("math", "school", "shahvaish", paste0("hf", 1:9))
p <- c(0.1, 0.25, 0.5, 0.75, 0.9)
quantiles <- list()
one_quantile <- function(d, item, rule, type) {
  r <- tryCatch(svyquantile(as.formula(paste0("~", item)), d, p, qrule = rule, interval.type = type, na.rm = TRUE),
                error = function(e) NULL)
  if (is.null(r)) return(NULL)
  m <- unclass(r[[1]])
  list(estimate = number(m[, 1]), low = number(m[, 2]), high = number(m[, 3]), se = number(m[, 4]))
}
for (item in c("y", "k")) for (rule in rules) for (type in c("mean", "beta", "xlogit", "asin"))
  quantiles[[paste("taylor", item, rule, type)]] <- one_quantile(design, item, rule, type)
# R 4.1-1 gives the "mean" interval for every other interval.type of a replicate design
for (type in c("mean", "quantile")) for (rule in c("math", "school", "hf7"))
  quantiles[[paste("jkn", "y", rule, type)]] <- one_quantile(reps, "y", rule, type)
north <- subset(design, g == "veri")
for (type in c("mean", "beta")) for (rule in c("math", "hf8"))
  quantiles[[paste("veri", "y", rule, type)]] <- one_quantile(north, "y", rule, type)
props <- list()
for (method in c("logit", "likelihood", "asin", "beta", "mean", "xlogit")) {
  for (name in c("taylor", "veri", "jkn")) {
    d <- list(taylor = design, veri = north, jkn = reps)[[name]]
    r <- tryCatch(svyciprop(~I(q == "yes"), d, method = method), error = function(e) NULL)
    if (!is.null(r)) props[[paste(name, method)]] <- list(estimate = number(coef(r)), se = number(SE(r)), ci = number(confint(r)))
  }
}
contrasts <- list()
for (name in c("taylor", "jkn")) {
  d <- list(taylor = design, jkn = reps)[[name]]
  by <- svyby(~y, ~wave, subset(d, !is.na(y)), # svyby(covmat = TRUE) does not drop missing values
     svymean, na.rm = TRUE, covmat = TRUE)
  s <- svycontrast(by, c(-1, 1))
  total <- svycontrast(svymean(~y + z, d, na.rm = TRUE), list(c(1, -0.5)))
  contrasts[[name]] <- list(change = number(coef(s)), change_se = number(SE(s)), pair = number(coef(total)),
                            pair_se = number(SE(total)))
}
v <- svyvar(~ y + z, design, na.rm = TRUE)
deffs <- svymean(~ y + z, design, na.rm = TRUE, deff = TRUE)
write_json(list(made_by = "tests/reference/survey_estimators.R",
  versions = list(R = paste(R.version$major, R.version$minor, sep = "."), survey = as.character(packageVersion("survey")),
                  jsonlite = as.character(packageVersion("jsonlite"))),
  data = data, p = p, quantiles = quantiles, props = props, contrasts = contrasts, df = degf(design),
  var = list(estimate = number(as.matrix(v)), se = number(SE(v))), deff = number(deff(deffs))),
  path, dataframe = "columns", digits = NA, auto_unbox = TRUE, na = "null")
