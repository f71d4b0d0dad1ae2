# Nonparametric maximum likelihood of interval-censored times (npsurv) on data simulated here.
# Usage: Rscript turnbull.R OUTPUT_FOLDER -> OUTPUT_FOLDER/turnbull_sim/{input.csv,expected.json}
suppressPackageStartupMessages({library(npsurv); library(jsonlite)})
options(digits = 15)
folder <- file.path(commandArgs(trailingOnly = TRUE)[1], "turnbull_sim")
dir.create(folder, recursive = TRUE, showWarnings = FALSE)
RNGversion("4.0.0"); set.seed(20261127)
n <- 150
d <- data.frame(arm = sample(c("a", "b"), n, TRUE)); event <- rexp(n, ifelse(d$arm == "a", 1 / 100, 1 / 200))
seen <- lapply(1:n, function(i) { v <- cumsum(sample(c(14, 28, 28, 56), 12, TRUE)); v[runif(12) < .8] })  # visits, some missed
d$left <- mapply(function(v, e) max(c(0, v[v < e])), seen, event); d$right <- mapply(function(v, e) min(c(Inf, v[v >= e])), seen, event)
exact <- runif(n) < .15 & is.finite(d$right); d$left[exact] <- d$right[exact] <- ceiling(event[exact])
fit <- function(rows) { f <- npsurv(cbind(rows$left, rows$right), tol = 1e-14, maxit = 10000); stopifnot(f$maxgrad < 1e-7)
  list(n = nrow(rows), left = f$f$left, right = f$f$right, mass = f$f$p, loglik = f$ll) }
expected <- lapply(split(d, d$arm), fit)
d$right[is.infinite(d$right)] <- NA
write.csv(d, file.path(folder, "input.csv"), row.names = FALSE, na = "", quote = FALSE)
out <- list(method = "turnbull", data_source = "simulated by tests/oracles/scripts/turnbull.R, seed 20261127", inputs = list(left = "left", right = "right", group = "arm"),
  notes = c("event in (left, right]; left = right: on that day; empty right: not seen.", "npsurv, tol 1e-14; right of the last interval may be infinite (null)."),
  null_means = "infinite", software = list(R = paste(R.version$major, R.version$minor, sep = "."), npsurv = as.character(packageVersion("npsurv"))), tolerance_rel = 1e-7, expected = expected)
writeLines(toJSON(out, digits = NA, auto_unbox = TRUE, na = "null", null = "null"), file.path(folder, "expected.json"))
