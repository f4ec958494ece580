# Reference values for tests/survey/designs/test_designs_reference.py, from R's package survey.
#
#   Rscript tests/reference/survey_designs.R tests/reference/survey_designs.json
#
# The data are made here, from a seed; numbers are rounded so that JSON carries them exactly.
suppressPackageStartupMessages({
  library(survey)
  library(jsonlite)
})
args <- commandArgs(trailingOnly = TRUE)
path <- if (length(args)) args[1] else "tests/reference/survey_designs.json"
set.seed(31)

rows <- list()
k <- 0
for (h in 1:3) {
  n1 <- c(4, 5, 3)[h]
  N1 <- c(12, 20, 9)[h]
  for (i in seq_len(n1)) {
    n2 <- sample(2:4, 1)
    N2 <- n2 + sample(1:6, 1)
    pi <- round(runif(1, 0.05, 0.6), 3)
    for (j in seq_len(n2)) {
      m <- sample(2:5, 1)
      M <- m + sample(2:20, 1)
      k <- k + 1
      e <- rnorm(1, h, 0.8)
      rows[[k]] <- data.frame(h = paste0("s", h), a = paste0("p", h, "_", i), b = paste0("q", j), N1 = N1, N2 = N2, M = M,
        prob = pi, y = round(e + rnorm(m), 3), x = round(5 + e + rexp(m), 3),
        q = sample(c("yes", "no", "po"), m, TRUE, c(.5, .3, .2)), g = sample(c("veri", "jug", "perëndim"), m, TRUE),
        w = round(runif(m, 1, 9), 3), stringsAsFactors = FALSE)
    }
  }
}
data <- do.call(rbind, rows)
data$y[sample(nrow(data), 7)] <- NA
data$w[sample(nrow(data), 4)] <- 0
data <- data[sample(nrow(data)), ]
data$id <- seq_len(nrow(data))
data$f1 <- round(ave(data$id, data$h, FUN = function(i) length(unique(data$a[i]))) / data$N1, 10)
pairs <- data[!(data$a %in% c("p1_3", "p1_4", "p2_3", "p2_4", "p2_5", "p3_3")), ]
lonely <- data[!(data$a %in% c("p3_2", "p3_3")), ]

number <- function(x) as.numeric(x)
one <- function(d) {
  m <- svymean(~y, d, na.rm = TRUE, deff = "replace")
  t <- svytotal(~y, d, na.rm = TRUE)
  p <- svymean(~factor(q, levels = c("no", "po", "yes")), d, na.rm = TRUE)
  r <- svyratio(~y, ~x, d, na.rm = TRUE)
  v <- svyvar(~y, d, na.rm = TRUE)
  list(mean = number(coef(m)), mean_se = number(SE(m)), deff = number(deff(m)), ci = number(confint(m, df = degf(d))),
       total = number(coef(t)), total_se = number(SE(t)), share = number(coef(p)), share_se = number(SE(p)),
       ratio = number(coef(r)), ratio_se = number(SE(r)), var = number(coef(v)), var_se = number(SE(v)), df = degf(d))
}
both <- function(d) {
  out <- list(all = one(d))
  for (level in sort(unique(data$g))) out[[level]] <- one(subset(d, g == level))
  out
}
results <- list()
results$one_fpc <- both(svydesign(~a, strata = ~h, fpc = ~N1, weights = ~w, data = data))
results$fraction <- both(svydesign(~a, strata = ~h, fpc = ~f1, weights = ~w, data = data))
results$two_stage <- both(svydesign(~a + b, strata = ~h, fpc = ~N1 + N2, weights = ~w, data = data, nest = TRUE))
results$three_stage <- both(svydesign(~a + b + id, strata = ~h, fpc = ~N1 + N2 + M, weights = ~w, data = data, nest = TRUE))
results$self_weighting <- both(svydesign(~a + b + id, strata = ~h, fpc = ~N1 + N2 + M, data = data, nest = TRUE))
sorted <- data[order(data$h, data$a, data$b), ] # R takes (1 - pi) in file order, totals in order of the codes
results$brewer <- both(svydesign(~a, strata = ~h, fpc = ~prob, weights = ~w, data = sorted, pps = "brewer"))
results$brewer_two <- tryCatch(both(svydesign(~a + b, strata = ~h, fpc = ~prob + I(1 / N2), weights = ~w, data = sorted, pps = "brewer", nest = TRUE)), error = function(e) NULL)
elements <- data
elements$y[is.na(elements$y)] <- 1  # R cannot drop rows of these designs
elements$pe <- round(pmin(0.9, data$w / 12 + 0.05), 3) + 0.00037 # R gives 0 for a pair whose probabilities sum to exactly 1
results$overton <- both(svydesign(~1, fpc = ~pe, data = elements, pps = "overton"))
results$overton_yg <- both(svydesign(~1, fpc = ~pe, data = elements, pps = "overton", variance = "YG"))
results$hr <- both(svydesign(~1, fpc = ~pe, data = elements, pps = HR()))
lonely_results <- list()
for (domain in c(FALSE, TRUE)) for (option in c("remove", "adjust", "average", "certainty")) {
  options(survey.lonely.psu = option, survey.adjust.domain.lonely = domain)
  sparse <- lonely
  sparse$g <- ifelse(sparse$h == "s1" & sparse$a != "p1_1", "jug", sparse$g)
  lonely_results[[paste0(option, if (domain) "_domain" else "")]] <-
    suppressWarnings({ d <- svydesign(~a, strata = ~h, weights = ~w, data = sparse); out <- list(all = one(d)); for (l in c("jug", "perëndim", "veri")) out[[l]] <- one(subset(d, g == l)); out })
}
options(survey.lonely.psu = "fail", survey.adjust.domain.lonely = FALSE)
replicates <- list()
keep <- function(d) list(results = both(d), weights = as.matrix(weights(d, "analysis")), mse = isTRUE(d$mse), scale = d$scale, rscales = d$rscales)
plain <- svydesign(~a, strata = ~h, weights = ~w, data = data)
for (option in c("remove", "adjust", "average")) {
  options(survey.lonely.psu = option)
  alone <- as.svrepdesign(svydesign(~a, strata = ~h, weights = ~w, data = sparse), type = "JKn")
  replicates[[paste0("JKn_lonely_", option)]] <- keep(alone)
}
options(survey.lonely.psu = "fail")
replicates$JKn <- keep(as.svrepdesign(plain, type = "JKn"))
replicates$JKn_mse <- keep(as.svrepdesign(plain, type = "JKn", mse = TRUE))
replicates$JKn_fpc <- keep(as.svrepdesign(svydesign(~a, strata = ~h, fpc = ~N1, weights = ~w, data = data), type = "JKn"))
replicates$JK1 <- keep(as.svrepdesign(svydesign(~a, weights = ~w, data = data), type = "JK1"))
two <- svydesign(~a, strata = ~h, weights = ~w, data = pairs)
replicates$BRR <- keep(as.svrepdesign(two, type = "BRR"))
replicates$Fay <- keep(as.svrepdesign(two, type = "Fay", fay.rho = 0.3))
H <- hadamard(3)
replicates$BRR_given <- keep(as.svrepdesign(two, type = "BRR", hadamard.matrix = H))
replicates$Fay_given <- keep(as.svrepdesign(two, type = "Fay", fay.rho = 0.3, hadamard.matrix = H))
replicates$bootstrap <- keep(as.svrepdesign(plain, type = "bootstrap", replicates = 20))
replicates$subbootstrap <- keep(as.svrepdesign(plain, type = "subbootstrap", replicates = 20))
sdr <- round(data$w * matrix(1 + sample(c(-1, 0, 1), nrow(data) * 8, TRUE, c(1, 2, 1)) * 0.7071, nrow(data)), 4)
replicates$SDR <- keep(svrepdesign(data = data, weights = ~w, repweights = sdr, type = "successive-difference"))

write_json(list(made_by = "tests/reference/survey_designs.R",
  versions = list(R = paste(R.version$major, R.version$minor, sep = "."), survey = as.character(packageVersion("survey")),
                  jsonlite = as.character(packageVersion("jsonlite"))),
  data = data, elements = elements, hadamard = H, pairs = pairs, lonely_data = sparse, results = results, lonely = lonely_results,
  replicates = replicates), path, dataframe = "columns", digits = NA, auto_unbox = TRUE, na = "null", matrix = "rowmajor")
