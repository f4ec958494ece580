# Changes between waves that share their replicates (JKn, bootstrap, BRR), and between waves that visited the same primary
# units in two stages with population sizes: svycontrast of svyby(covmat = TRUE) over both waves below one another.
suppressMessages({library(survey); library(jsonlite)})
set.seed(20261202)
level <- rnorm(60, 0, .2)
wave <- function(year, psus, shift, each = 12) {
  unit <- rep(psus, each = each); n <- length(unit)
  d <- data.frame(wave = year, stratum = (unit - 1) %/% 10 + 1, psu = unit, ssu = rep(seq_len(n / 4), each = 4))
  d$weight <- round(runif(n, .5, 3), 3); d$region <- sample(c("n", "e", "s"), n, TRUE, c(.5, .3, .2))
  effect <- c(n = .3, e = .5, s = .6)[d$region] + shift + level[unit]
  d$q <- ifelse(runif(n) < effect, "yes", sample(c("no", "dk"), n, TRUE))
  d$score <- round(effect * 10 + rnorm(n), 3)
  d
}
change <- function(des, f) {
  by <- svyby(f, ~wave, des, svymean, covmat = TRUE)
  con <- svycontrast(by, c(-1, 1)); df <- degf(des); ci <- confint(con, df = df); t <- coef(con) / SE(con)
  list(change = unname(coef(con)), std_error = unname(c(SE(con))), df = df, ci_low = ci[1], ci_high = ci[2],
       p_value = unname(c(2 * pt(-abs(t), df))))
}
of <- function(des) {
  parts <- c(list(all = des), setNames(lapply(c("e", "n", "s"), function(r) subset(des, region == r)), c("e", "n", "s")))
  list(yes = lapply(parts, change, f = ~yes), score = lapply(parts, change, f = ~score))
}
told <- function(d, rep) list(data = d[c("wave", "region", "q", "score", "weight")],
  weights = unname(as.matrix(weights(rep, "analysis"))), scale = rep$scale, rscales = rep$rscales, mse = rep$mse,
  changes = of(rep))
d <- rbind(wave(2023, 1:36, 0), wave(2025, c(1:24, 37:40), .08)); d$yes <- as.numeric(d$q == "yes")
stacked <- svydesign(~psu, strata = ~stratum, weights = ~weight, data = d)
pairs <- rbind(wave(2023, 1:24, 0, 8), wave(2025, 1:24, .08, 8)); pairs$yes <- as.numeric(pairs$q == "yes")
pairs$stratum <- (pairs$psu - 1) %/% 2 + 1
half <- svydesign(~psu, strata = ~stratum, weights = ~weight, data = pairs)
set.seed(7)
replicates <- list(JKn = told(d, as.svrepdesign(stacked, type = "JKn")),
  bootstrap = told(d, as.svrepdesign(stacked, type = "bootstrap", replicates = 40, mse = TRUE)),
  BRR = told(pairs, as.svrepdesign(half, type = "BRR")))
s <- rbind(wave(2023, 1:30, 0), wave(2025, 1:30, .06)); s$yes <- as.numeric(s$q == "yes")
s$n1 <- c(24, 40, 16)[s$stratum]; s$n2 <- 9 + s$psu %% 4   # drawn: 10 units of each stratum, 3 of each unit
s$later <- paste(s$wave, s$psu); s$unit <- paste(s$wave, s$ssu)
stages <- svydesign(~psu + unit, strata = ~stratum + later, fpc = ~n1 + n2, weights = ~weight, data = s)
alone <- svydesign(~psu, strata = ~stratum, fpc = ~n1, weights = ~weight, data = s)
write_json(list(versions = list(R = as.character(getRversion()), survey = as.character(packageVersion("survey"))),
  replicates = replicates, stages = list(data = s[c("wave", "stratum", "psu", "ssu", "n1", "n2", "weight", "region", "q", "score")],
  two = of(stages), one = of(alone))), "tests/reference/survey_changes_designs.json", digits = NA, auto_unbox = TRUE,
  dataframe = "columns", matrix = "columnmajor", na = "null")
