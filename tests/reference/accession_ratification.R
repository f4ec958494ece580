# Interval-censored log-normal and Weibull times, and the left-truncated share that waits longer. Writes
# accession_ratification.json.
library(survival)
set.seed(20261123)
n <- 80
time <- exp(5 + 0.6 * rnorm(n))
width <- sample(c(1, 30, 75), n, replace = TRUE)
low <- floor(time / width) * width
high <- low + width
open <- runif(n) < 0.1
low[open & low == 0] <- 1
kind <- ifelse(open, "open", ifelse(low == 0, "left", "both"))
fit <- function(dist) {
  f <- survreg(Surv(ifelse(low == 0, NA, low), ifelse(open, NA, high), type = "interval2") ~ 1, dist = dist,
               control = survreg.control(rel.tolerance = 1e-13, maxiter = 200))
  list(location = unname(coef(f)), scale = f$scale, std_error = unname(sqrt(diag(f$var))), loglik = f$loglik[2])
}
m <- 30
entry <- round(rexp(m, 0.3), 1) * (runif(m) < 0.5)
exit <- entry + pmax(round(rexp(m, 0.15), 1), 0.1)
event <- runif(m) < 0.7
curve <- survfit(Surv(entry, exit, event) ~ 1, conf.int = 0.90)
at <- c(1, 3, 6, 10)
s <- summary(curve, times = at)
out <- list(r = R.version.string, survival = as.character(packageVersion("survival")), low = low, open = open,
            high = ifelse(open, -1, high), lognormal = fit("lognormal"), weibull = fit("weibull"),
            stall = list(entry = entry, exit = exit, event = event, years = at, share = s$surv, low = s$lower,
                         high = s$upper))
script <- sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE))
writeLines(jsonlite::toJSON(out, auto_unbox = TRUE, digits = NA, pretty = FALSE),
           file.path(dirname(script), "accession_ratification.json"))
