# Exact posteriors of two small graded probit models, by numerical integration in base R (no package).
# Model: y* = b theta + e; theta ~ N(0,1); b ~ N(1,1) truncated to b > 0; cuts ~ N(0, 2.5^2), in order.
# Writes stance_small_models.json; needs jsonlite for writing only.
trapezoid <- function(x) { h <- x[2] - x[1]; w <- rep(h, length(x)); w[c(1, length(w))] <- h / 2; w }
nodes <- seq(-6, 6, length.out = 121)
node_weight <- trapezoid(nodes) * dnorm(nodes)

# 1. Two binary items, n members per response pattern (y1, y2).
patterns <- list(c(0, 0), c(0, 1), c(1, 0), c(1, 1))
counts <- c(4, 1, 2, 5)
b <- seq(0.0, 5.5, length.out = 45); cut <- seq(-8, 8, length.out = 65)
grid <- expand.grid(b = b, cut = cut)
prior <- dnorm(grid$b, 1, 1) * dnorm(grid$cut, 0, 2.5)
prior <- prior * as.vector(outer(trapezoid(b), trapezoid(cut)))
p1 <- pnorm(outer(grid$b, nodes) - grid$cut)          # P(y = 1), grid x node
answer <- function(y) if (y == 1) p1 else 1 - p1
likelihoods <- lapply(patterns, function(p) sweep(answer(p[1]), 2, node_weight, "*") %*% t(answer(p[2])))
log_post <- outer(log(prior), log(prior), "+")
for (i in seq_along(patterns)) log_post <- log_post + counts[i] * log(likelihoods[[i]])
post <- exp(log_post - max(log_post)); post <- post / sum(post)
moment <- function(i, power) {
  l <- sweep(answer(patterns[[i]][1]), 2, node_weight * nodes^power, "*") %*% t(answer(patterns[[i]][2]))
  sum(post * l / likelihoods[[i]])
}
mean_theta <- sapply(1:4, moment, power = 1)
sd_theta <- sqrt(sapply(1:4, moment, power = 2) - mean_theta^2)
marginal <- rowSums(post)
binary <- list(patterns = patterns, counts = counts, mean = mean_theta, sd = sd_theta,
               discrimination = sum(marginal * grid$b), cut = sum(marginal * grid$cut))

# 2. One item of three levels.
counts3 <- c(3, 4, 5)
b <- seq(0.0, 5.5, length.out = 56); cut <- seq(-8, 8, length.out = 129)
level <- function(b, low, high) colSums(node_weight * (pnorm(high - outer(nodes, b)) - pnorm(low - outer(nodes, b))))
total <- 0; sums <- list(mean = rep(0, 3), square = rep(0, 3), b = 0, low = 0, high = 0)
weight_b <- trapezoid(b) * dnorm(b, 1, 1); weight_cut <- trapezoid(cut) * dnorm(cut, 0, 2.5)
for (k in seq_along(b)) {
  below <- pnorm(outer(cut, b[k] * nodes, "-"))        # cut x node: P(y* < cut)
  cumulative <- lapply(0:2, function(power) as.vector(below %*% (node_weight * nodes^power)))
  all <- sapply(0:2, function(power) sum(node_weight * nodes^power))
  for (i in seq_len(length(cut) - 1)) {
    j <- (i + 1):length(cut)
    l <- list(rep(cumulative[[1]][i], length(j)), cumulative[[1]][j] - cumulative[[1]][i], all[1] - cumulative[[1]][j])
    m1 <- list(rep(cumulative[[2]][i], length(j)), cumulative[[2]][j] - cumulative[[2]][i], all[2] - cumulative[[2]][j])
    m2 <- list(rep(cumulative[[3]][i], length(j)), cumulative[[3]][j] - cumulative[[3]][i], all[3] - cumulative[[3]][j])
    w <- weight_b[k] * weight_cut[i] * weight_cut[j] * l[[1]]^counts3[1] * l[[2]]^counts3[2] * l[[3]]^counts3[3]
    total <- total + sum(w)
    for (c in 1:3) {
      sums$mean[c] <- sums$mean[c] + sum(w * m1[[c]] / l[[c]])
      sums$square[c] <- sums$square[c] + sum(w * m2[[c]] / l[[c]])
    }
    sums$b <- sums$b + sum(w) * b[k]; sums$low <- sums$low + sum(w) * cut[i]; sums$high <- sums$high + sum(w * cut[j])
  }
}
mean3 <- sums$mean / total
graded <- list(counts = counts3, mean = mean3, sd = sqrt(sums$square / total - mean3^2),
               discrimination = sums$b / total, cuts = c(sums$low, sums$high) / total)
script <- sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE))
out <- file.path(dirname(script), "stance_small_models.json")
jsonlite::write_json(list(made_by = R.version.string, binary = binary, graded = graded), out,
                     digits = 12, auto_unbox = TRUE, pretty = TRUE)
