# The questions of benchmarks/python_door.py with R's survey, MASS and nnet: seconds and standard errors as JSON.
suppressPackageStartupMessages({library(survey); library(MASS); library(nnet)})
wave <- read.csv(commandArgs(trailingOnly = TRUE)[1])
wave$sex <- factor(wave$sex); wave$trust <- factor(wave$trust, ordered = TRUE); wave$vote <- factor(wave$vote)
design <- svydesign(ids = ~psu, strata = ~stratum, weights = ~weight, data = wave)
timed <- function(work) { start <- proc.time()[["elapsed"]]; found <- work(); list(seconds = proc.time()[["elapsed"]] - start, found = found) }
line <- function(name, one, errors) sprintf('"%s": {"seconds": %.4f, "errors": [%s]}', name, one$seconds, paste(sprintf("%.17g", errors), collapse = ", "))
logistic <- timed(function() svyglm(joins ~ age + sex, design, family = quasibinomial(), control = list(epsilon = 1e-14, maxit = 60)))
ordinal <- timed(function() svyolr(trust ~ age + sex, design))
multinomial <- timed(function() multinom(vote ~ age + sex, data = wave, weights = weight, trace = FALSE))  # no design in it
correlation <- timed(function() {
  v <- svyvar(~age + income, design); at <- c(1, 2, 4)
  s <- structure(c(va = v[1, 1], vab = v[1, 2], vb = v[2, 2]), var = vcov(v)[at, at], statistic = "variance", class = "svystat")
  dimnames(attr(s, "var")) <- list(names(s), names(s)); svycontrast(s, quote(vab / sqrt(va * vb))) })
start <- svyglm(joins ~ age, design, family = quasibinomial(), control = list(epsilon = 1e-14, maxit = 60))
margins <- timed(function() svypredmeans(start, ~sex))
order <- match(sort(names(coef(margins$found))), names(coef(margins$found)))
cat("{", paste(line("logistic", logistic, SE(logistic$found)), line("ordinal", ordinal, sqrt(diag(vcov(ordinal$found)))),
  line("multinomial", multinomial, numeric(0)), line("correlation", correlation, SE(correlation$found)),
  line("margins", margins, as.numeric(SE(margins$found))[order]), sep = ", "), "}\n")
