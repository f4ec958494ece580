# Shares with standard errors of the items of a wave, in all and by each grouping variable. Prints seconds as JSON.
suppressPackageStartupMessages(library(survey))
wave <- read.csv(commandArgs(trailingOnly = TRUE)[1])
groups <- c("region", "age", "sex", "education", "community", "settlement")
items <- grep("^q[0-9]+$", names(wave), value = TRUE)
for (name in c(groups, items)) wave[[name]] <- factor(wave[[name]])
design <- svydesign(ids = ~psu, strata = ~stratum, weights = ~weight, data = wave)
start <- proc.time()[["elapsed"]]
for (item in items) {
  formula <- as.formula(paste0("~", item))
  whole <- svymean(formula, design)
  for (group in groups) {
    part <- svyby(formula, as.formula(paste0("~", group)), design, svymean)
    for (level in levels(wave[[group]])) degf(subset(design, wave[[group]] == level))
  }
}
seconds <- proc.time()[["elapsed"]] - start
errors <- as.vector(t(as.matrix(SE(part))))
cat(sprintf('{"seconds": %.4f, "errors": [%s]}\n', seconds, paste(sprintf("%.17g", errors), collapse = ", ")))
