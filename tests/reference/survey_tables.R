# Tests between two domains of one sample, for the letters of tables: svyttest on the subset of both.
suppressMessages({library(survey); library(jsonlite)})
set.seed(20261123)
n <- 360
d <- data.frame(stratum = rep(1:4, each = 90), psu = rep(1:36, each = 10))
d$weight <- round(runif(n, .5, 3), 3)
d$region <- sample(c("n", "e", "s", "w"), n, TRUE, c(.4, .3, .2, .1))
effect <- c(n = .2, e = .5, s = .6, w = .8)[d$region] + rep(rnorm(36, 0, .1), each = 10)
d$q <- ifelse(runif(n) < effect, "yes", "no"); d$q[sample(n, 12)] <- NA
d$score <- round(effect * 10 + rnorm(n), 3)
des <- svydesign(~psu, strata = ~stratum, weights = ~weight, data = d)
pairs <- combn(c("e", "n", "s", "w"), 2, simplify = FALSE)
p <- function(f) sapply(pairs, function(x) unname(svyttest(f, subset(des, region %in% x))$p.value))
yes <- p(I(as.numeric(q == "yes")) ~ region); mean <- p(score ~ region)
out <- list(versions = list(R = as.character(getRversion()), survey = as.character(packageVersion("survey"))),
  data = d, pairs = sapply(pairs, paste, collapse = " "), yes = yes, mean = mean,
  adjusted = list(bonferroni = p.adjust(yes, "bonferroni"), holm = p.adjust(yes, "holm"), `benjamini-hochberg` = p.adjust(yes, "BH")))
write_json(out, "tests/reference/survey_tables.json", digits = NA, auto_unbox = TRUE, dataframe = "columns", na = "null")
