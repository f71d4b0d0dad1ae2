# Adjusted p: p.adjust (Holm, Hochberg), and Dunnett by mvtnorm (Miwa for z; GenzBretz at 1e-9 for t).  Usage: Rscript multiplicity.R OUTPUT_FOLDER
suppressPackageStartupMessages({library(mvtnorm); library(jsonlite)}); options(digits = 15)
folder <- file.path(commandArgs(trailingOnly = TRUE)[1], "multiplicity"); dir.create(folder, recursive = TRUE, showWarnings = FALSE)
RNGversion("4.0.0"); set.seed(20261127)
p <- list(c(.01, .04, .03), c(.02, .02, .5, .009, .04), c(.3, .9, .2, 1, .0004, .012))
stepwise <- lapply(p, function(v) list(p = v, holm = p.adjust(v, "holm"), hochberg = p.adjust(v, "hochberg")))
designs <- list(list(t = c(2.21, 1), n = c(20, 20), n0 = 20, df = Inf), list(t = c(2.5, 1.7, -.4), n = c(12, 12, 10), n0 = 18, df = Inf), list(t = c(2.57, 1.2), n = c(6, 6), n0 = 6, df = 15), list(t = c(2.76, 2, .1), n = c(8, 10, 4), n0 = 12, df = 30))
one <- function(d) { l <- sqrt(d$n / (d$n + d$n0)); R <- outer(l, l); diag(R) <- 1; k <- length(l)
  inside <- function(c, two) if (is.infinite(d$df)) pmvnorm(rep(if (two) -c else -Inf, k), rep(c, k), corr = R, algorithm = Miwa(steps = 4096)) else pmvt(rep(if (two) -c else -Inf, k), rep(c, k), corr = R, df = d$df, algorithm = GenzBretz(abseps = 1e-9, maxpts = 5e7))
  c(d, list(two_sided = sapply(abs(d$t), function(c) 1 - as.numeric(inside(c, TRUE))), one_sided = sapply(d$t, function(c) 1 - as.numeric(inside(c, FALSE))))) }
write.csv(data.frame(set = rep(seq_along(p), lengths(p)), p = unlist(p)), file.path(folder, "input.csv"), row.names = FALSE)
out <- list(method = "multiplicity", data_source = "made-up p and statistics", inputs = list(set = "set", p = "p"), notes = c("dunnett: 1 - P(all statistics within), correlations sqrt(n_i n_j / ((n_i + n0)(n_j + n0)));", "mvtnorm's error is below 1e-6."), null_means = "infinite df",
  software = list(R = paste(R.version$major, R.version$minor, sep = "."), mvtnorm = as.character(packageVersion("mvtnorm"))), tolerance_rel = 1e-6, expected = list(stepwise = stepwise, dunnett = lapply(designs, one)))
writeLines(toJSON(out, digits = NA, auto_unbox = TRUE, na = "null"), file.path(folder, "expected.json"))
