# Ideal points of public roll calls by pscl::ideal and MCMCpack::MCMCirt1d. Writes rollcall.json (about 15 minutes).
#
#   Rscript tests/reference/rollcall.R [tests/reference/rollcall.json]
#
# Votes are public records that come with the packages: one string for each actor, 1 yea, 0 nay, - neither. Priors are
# those of pscl: theta ~ N(0, 1), slopes and intercepts ~ N(0, 25), also where MCMCpack samples.
suppressPackageStartupMessages({ library(pscl); library(MCMCpack); library(jsonlite) })
args <- commandArgs(trailingOnly = TRUE)
path <- if (length(args)) args[1] else "tests/reference/rollcall.json"

plain <- function(rc) {
  v <- rc$votes
  out <- matrix(NA_integer_, nrow(v), ncol(v), dimnames = dimnames(v))
  out[v %in% rc$codes$yea] <- 1L
  out[v %in% rc$codes$nay] <- 0L
  out
}
strings <- function(v) apply(v, 1, function(row) paste(ifelse(is.na(row), "-", row), collapse = ""))
summarise <- function(x) list(mean = unname(apply(x, 2, mean)), sd = unname(apply(x, 2, sd)),
                              error = unname(apply(x, 2, sd) / sqrt(coda::effectiveSize(coda::as.mcmc(x)))))
align <- function(x, by) x * sign(drop(x %*% by))
by_pscl <- function(v, maxiter, burnin, thin, about) {
  rc <- rollcall(v, yea = 1, nay = 0, missing = NA, notInLegis = 9, legis.names = rownames(v))
  rc <- dropRollCall(rc, dropList = list(lop = 0))
  set.seed(20261123)
  fit <- ideal(rc, maxiter = maxiter, burnin = burnin, thin = thin, store.item = TRUE)
  x <- fit$x[, , 1]; b <- fit$beta[, , 1]; a <- fit$beta[, , 2]
  x <- x[-1, ]; b <- b[-1, ]; a <- a[-1, ]
  last <- x[nrow(x), ]
  flip <- sign(drop((x - rowMeans(x)) %*% (last - mean(last))))  # a draw may be a mirror image of the last one
  flip <- flip * sign(mean(x[, about] * flip))
  normal <- t(apply(x * flip, 1, function(row) (row - mean(row)) / sd(row)))
  list(about = about, actors = rownames(v), votes = unname(strings(rc$votes)), theta = summarise(x * flip),
       standardised = summarise(normal), slope = summarise(b * flip), intercept = summarise(a),
       maxiter = maxiter, burnin = burnin, thin = thin)
}
by_mcmcpack <- function(v, mcmc, thin, plus, minus) {
  constraints <- list(); constraints[[plus]] <- "+"; constraints[[minus]] <- "-"
  fit <- MCMCirt1d(v, theta.constraints = constraints, burnin = 20000, mcmc = mcmc, thin = thin, T0 = 1, AB0 = 0.04,
                   store.item = TRUE, store.ability = TRUE, drop.constant.items = TRUE, seed = 20261123)
  name <- colnames(fit)
  list(plus = plus, minus = minus, actors = rownames(v), votes = unname(strings(v)),
       theta = summarise(fit[, grepl("^theta", name)]), slope = summarise(fit[, grepl("^beta", name)]),
       intercept = summarise(fit[, grepl("^alpha", name)]), mcmc = mcmc, thin = thin)
}
data(s109); data(nj07); data(sc9497); data(SupremeCourt)
court <- as.matrix(SupremeCourt)
if (nrow(court) > ncol(court)) court <- t(court)
storage.mode(court) <- "integer"
rownames(court) <- gsub("[^A-Za-z]", "", rownames(court))
few <- sc9497$votes[, 1:50]
storage.mode(few) <- "integer"
rownames(few) <- gsub("[^A-Za-z]", "", rownames(few))
few <- few[, apply(few, 2, function(column) length(unique(na.omit(column)))) > 1]
result <- list(
  made_by = R.version.string, pscl = as.character(packageVersion("pscl")),
  MCMCpack = as.character(packageVersion("MCMCpack")),
  court = by_mcmcpack(court, 1000000, 100, "Scalia", "Stevens"),
  few = by_mcmcpack(few, 1000000, 100, "Scalia", "Stevens"),
  journal = by_pscl(plain(nj07), 110000, 10000, 50, 1),
  senate = by_pscl(plain(s109), 110000, 10000, 50, 1)
)
round_all <- function(x) if (is.list(x)) lapply(x, round_all) else if (is.double(x)) signif(x, 6) else x
write_json(round_all(result), path, digits = NA, auto_unbox = TRUE, na = "null")
