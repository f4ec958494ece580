# Posterior moments of two small matrices by MCMCpack::MCMCordfactanal, under priors equal to those of shteg.stance.
# Binary: y* = l1 + l2 theta + e, theta ~ N(0,1), l1 ~ N(0, 2.5^2) (the cut point is -l1), l2 ~ N(1, 1) cut off at 0:
# the same model. Graded: MCMCpack's further cut points have a flat prior, so both sides take diffuse cut points
# (sd 10), where a flat and a normal prior are alike.
# Writes stance_mcmcpack.json.
suppressMessages(library(MCMCpack))
simulate <- function(seed, actors, items, levels) {
  set.seed(seed)
  theta <- as.vector(scale(rnorm(actors)))
  y <- matrix(NA_integer_, actors, items)
  m <- 1
  while (m <= items) {
    b <- rnorm(1, 1, .6)
    cuts <- sort(rnorm(levels - 1, 0, 1))
    column <- findInterval(b * theta + rnorm(actors), cuts)
    if (b > 0 && length(unique(column)) == levels) { y[, m] <- column; m <- m + 1 }
  }
  y
}
fit <- function(y, cut_sd, seed, mcmc) {
  items <- ncol(y)
  data <- as.data.frame(y + 1); names(data) <- paste0("m", seq_len(items))
  constraints <- setNames(rep(list(list(2, "+")), items), names(data))
  l0 <- cbind(rep(0, items), rep(1, items))
  L0 <- cbind(rep(1 / cut_sd^2, items), rep(1, items))
  chain <- MCMCordfactanal(as.formula(paste("~", paste(names(data), collapse = "+"))), data = data, factors = 1,
                           lambda.constraints = constraints, l0 = l0, L0 = L0, burnin = 20000, mcmc = mcmc,
                           thin = 20, tune = if (max(y) > 1) .5 else 1.2, seed = seed, store.scores = TRUE,
                           store.lambda = TRUE)
  draws <- as.matrix(chain)
  score <- draws[, grep("^phi", colnames(draws))]
  slope <- draws[, grep("^Lambda.*\\.2$", colnames(draws))]
  list(level = y, cut_sd = cut_sd, mean = unname(colMeans(score)), sd = unname(apply(score, 2, sd)),
       discrimination = unname(colMeans(slope)), effective = unname(min(coda::effectiveSize(score))))
}
binary <- fit(simulate(11, 10, 40, 2), 2.5, 1, 200000)
graded <- fit(simulate(12, 10, 12, 3), 10, 2, 600000)
script <- sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE))
out <- file.path(dirname(script), "stance_mcmcpack.json")
jsonlite::write_json(list(made_by = R.version.string, mcmcpack = as.character(packageVersion("MCMCpack")),
                          binary = binary, graded = graded), out, digits = 8, auto_unbox = TRUE, pretty = TRUE)
