# Change from wave to wave, for tables: svycontrast of svyby(covmat = TRUE) over a design with both waves, independent
# (waves are strata) and with primary units that both visited; and each column against the rest (svyttest).
suppressMessages({library(survey); library(jsonlite)})
set.seed(20261201)
wave <- function(year, psus, shift) {
  unit <- rep(psus, each = 12); n <- length(unit)
  d <- data.frame(wave = year, stratum = (unit - 1) %/% 10 + 1, psu = unit)
  d$weight <- round(runif(n, .5, 3), 3)
  d$region <- sample(c("n", "e", "s"), n, TRUE, c(.5, .3, .2))
  effect <- c(n = .3, e = .5, s = .6)[d$region] + shift + level[unit]
  d$q <- sample(c("yes", "no", "dk"), n, TRUE); d$q <- ifelse(runif(n) < effect, "yes", d$q)
  d$score <- round(effect * 10 + rnorm(n), 3)
  d
}
level <- rnorm(50, 0, .2)  # of each primary unit, the same in both waves
d <- rbind(wave(2023, 1:36, 0), wave(2025, c(1:24, 37:40), .08))
d$yes <- as.numeric(d$q == "yes")
d$both <- paste(d$wave, d$stratum); d$alone <- paste(d$wave, d$psu)
designs <- list(independent = svydesign(~alone, strata = ~both, weights = ~weight, data = d),
                same_psus = svydesign(~psu, strata = ~stratum, weights = ~weight, data = d))
change <- function(des, f) {
  by <- svyby(f, ~wave, des, svymean, covmat = TRUE)
  con <- svycontrast(by, c(-1, 1)); df <- degf(des); ci <- confint(con, df = df)
  t <- coef(con) / SE(con)
  list(change = unname(coef(con)), std_error = unname(c(SE(con))), df = df, ci_low = ci[1], ci_high = ci[2],
       p_value = unname(c(2 * pt(-abs(t), df))))
}
of <- function(des) {
  parts <- c(list(all = des), setNames(lapply(c("e", "n", "s"), function(r) subset(des, region == r)), c("e", "n", "s")))
  list(yes = lapply(parts, change, f = ~yes), score = lapply(parts, change, f = ~score),
       # of those who said yes, the share who live there; the share of all who said yes and live there
       row = lapply(c(e = "e", n = "n", s = "s"), function(r)
         change(subset(update(des, here = as.numeric(region == r)), q == "yes"), ~here)),
       total = lapply(c(e = "e", n = "n", s = "s"), function(r)
         change(update(des, here = as.numeric(region == r & q == "yes")), ~here)))
}
first <- svydesign(~psu, strata = ~stratum, weights = ~weight, data = d[d$wave == 2023, ])
rest <- lapply(c(e = "e", n = "n", s = "s"), function(r)
  unname(svyttest(yes ~ here, update(first, here = as.numeric(region == r)))$p.value))
chisq <- svychisq(~q + region, first)
replicates <- as.svrepdesign(first, type = "JKn")
means <- svyby(~yes, ~region, replicates, svymean, covmat = TRUE)
of_replicates <- list(weights = weights(replicates, "analysis"), scale = replicates$scale, rscales = replicates$rscales,
  estimate = unname(coef(means)), std_error = unname(SE(means)),
  rest = lapply(c(e = "e", n = "n", s = "s"), function(r)
    unname(svyttest(yes ~ here, update(replicates, here = as.numeric(region == r)))$p.value)))
out <- list(versions = list(R = as.character(getRversion()), survey = as.character(packageVersion("survey"))),
  data = d[c("wave", "stratum", "psu", "weight", "region", "q", "score")], changes = lapply(designs, of),
  rest = rest, rao_scott = list(statistic = unname(chisq$statistic), df = unname(chisq$parameter), p_value = unname(chisq$p.value)),
  replicates = of_replicates)
write_json(out, "tests/reference/survey_changes.json", digits = NA, auto_unbox = TRUE, dataframe = "columns", na = "null")
