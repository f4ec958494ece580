# Kaplan–Meier and Aalen–Johansen with left truncation, by survival::survfit. Writes accession_curves.json.
library(survival)
set.seed(20261123)
n <- 40
entry <- round(rexp(n, 0.3), 1) * (runif(n) < 0.6)
exit <- entry + pmax(round(rexp(n, 0.25), 1), 0.1)
event <- runif(n) < 0.7
fit <- survfit(Surv(entry, exit, event) ~ 1, conf.int = 0.90)
km <- list(entry = entry, exit = exit, event = event, time = fit$time, at_risk = fit$n.risk, events = fit$n.event,
           survival = fit$surv, std_error = fit$surv * fit$std.err, low = fit$lower, high = fit$upper)

# Ladder of four states with skips and returns, delayed entry in any state.
walk <- function(id) {
  t <- if (runif(1) < 0.5) 0 else round(runif(1, 0, 4), 1)
  s <- sample(1:3, 1, prob = c(0.7, 0.2, 0.1))
  end <- t + round(runif(1, 3, 15), 1)
  rows <- NULL
  while (t < end) {
    stay <- max(round(rexp(1, c(0.3, 0.25, 0.4, 0.05)[s]), 1), 0.1)
    if (t + stay >= end) { rows <- rbind(rows, data.frame(id, entry = t, exit = end, state = s, to = 0)); break }
    to <- sample(setdiff(1:4, s), 1, prob = list(c(.7, .2, .1), c(.1, .6, .3), c(.1, .2, .7), c(.6, .2, .2))[[s]])
    rows <- rbind(rows, data.frame(id, entry = t, exit = t + stay, state = s, to = to))
    t <- round(t + stay, 1); s <- to
  }
  rows
}
curves <- function(d) {
  labels <- paste0("s", 1:4)
  d$event <- factor(ifelse(d$to == 0, "censor", labels[pmax(d$to, 1)]), levels = c("censor", labels))
  d$from <- factor(labels[d$state], levels = labels)
  fit <- survfit(Surv(entry, exit, event) ~ 1, data = d, id = id, istate = from, conf.int = 0.90)
  order <- match(labels, fit$states)
  # std.err takes the starting shares as given; the influence of each unit also holds its part in them
  influence <- survfit(Surv(entry, exit, event) ~ 1, data = d, id = id, istate = from, influence = TRUE)$influence.pstate
  list(id = paste0("u", d$id), entry = d$entry, exit = d$exit, state = d$state - 1, to = d$to - 1, time = fit$time,
       start = unname(fit$p0[order]), at_risk = unname(fit$n.risk[, order]), probability = unname(fit$pstate[, order]),
       std_error = unname(fit$std.err[, order]), std_error_start = sqrt(apply(influence^2, 2:3, sum))[-1, order], low = unname(fit$lower[, order]), high = unname(fit$upper[, order]))
}
truncated <- do.call(rbind, lapply(1:30, walk))
script <- sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE))
out <- file.path(dirname(script), "accession_curves.json")
jsonlite::write_json(
  list(made_by = R.version.string, survival = as.character(packageVersion("survival")), kaplan_meier = km,
       aalen_johansen = curves(truncated)),
  out, digits = NA, auto_unbox = TRUE, na = "null"
)
