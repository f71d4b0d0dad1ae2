# Tango's score limits of a paired difference, the nuisance found by optimize() on the multinomial likelihood; and tests of
# equal odds ratios across strata (metafor::rma.mh).  Usage: Rscript paired_and_strata.R OUTPUT_FOLDER
suppressPackageStartupMessages({library(metafor); library(jsonlite)}); options(digits = 15)
folder <- file.path(commandArgs(trailingOnly = TRUE)[1], "paired_and_strata"); dir.create(folder, recursive = TRUE, showWarnings = FALSE)
pairs <- data.frame(gained = c(7, 12, 5, 0, 1, 3, 20, 0, 9), lost = c(1, 3, 5, 0, 0, 8, 4, 6, 0), n = c(21, 40, 33, 12, 9, 11, 150, 25, 9), level = c(.95, .95, .9, .95, .95, .99, .95, .95, .95))
part <- function(count, p) if (count == 0) 0 else count * log(p)
score <- function(r, d) { g <- r$gained; l <- r$lost; n <- r$n; low <- max(0, -d); high <- (1 - d) / 2
  f <- function(q) part(g, q + d) + part(l, q) + part(n - g - l, max(1 - 2 * q - d, 0))
  q <- low + (high - low) * plogis(optimize(function(u) f(low + (high - low) * plogis(u)), c(-45, 45), maximum = TRUE, tol = 1e-12)$maximum)
  # optimize() is good to about 1e-8 of u: polished by the root of the derivative
  h <- function(q) g / (q + d) + l / q - 2 * (n - g - l) / (1 - 2 * q - d); near <- c(max(q * .99, low + (q - low) * .5), min(q * 1.01, q + (high - q) * .5))
  if (is.finite(h(near[1])) && is.finite(h(near[2])) && h(near[1]) * h(near[2]) < 0) q <- uniroot(h, near, tol = 1e-16)$root
  (g - l - n * d) / sqrt(n * (2 * q + d - d^2)) }
limits <- function(r) { z <- qnorm(.5 + r$level / 2); e <- (r$gained - r$lost) / r$n; edge <- 1 - 1e-9
  list(estimate = e, lower = if (e == -1) -1 else uniroot(function(d) score(r, d) - z, c(-edge, e - 1e-9), tol = 1e-13)$root,
    upper = if (e == 1) 1 else uniroot(function(d) score(r, d) + z, c(e + 1e-9, edge), tol = 1e-13)$root) }
tango <- lapply(seq_len(nrow(pairs)), function(i) c(as.list(pairs[i, ]), limits(pairs[i, ])))
tables <- list(alike = list(x1 = c(12, 9, 15), n1 = c(25, 22, 30), x2 = c(6, 5, 9), n2 = c(24, 20, 31)), unlike = list(x1 = c(18, 4, 11, 7), n1 = c(20, 21, 30, 12), x2 = c(5, 11, 10, 1), n2 = c(22, 19, 33, 14)),
  sparse = list(x1 = c(3, 2, 5, 0), n1 = c(6, 4, 9, 5), x2 = c(1, 1, 0, 0), n2 = c(5, 3, 8, 6)), two = list(x1 = c(4, 7), n1 = c(10, 14), x2 = c(1, 3), n2 = c(9, 8)))
homogeneity <- lapply(tables, function(t) { r <- suppressWarnings(rma.mh(ai = t$x1, n1i = t$n1, ci = t$x2, n2i = t$n2, measure = "OR"))
  c(t, list(odds_ratio = exp(as.numeric(r$beta)), breslow_day = r$BD, breslow_day_p = r$BDp, tarone = r$TA, tarone_p = r$TAp)) })
write.csv(pairs, file.path(folder, "input.csv"), row.names = FALSE)
out <- list(method = "paired_response, stratified_contrast", data_source = "made-up counts", inputs = list(gained = "gained", lost = "lost", n = "n"), notes = c("tango: z = 1.96 (or the level's) both ways.", "homogeneity: sparse has a stratum without any responder."), null_means = "not determined",
  software = list(R = paste(R.version$major, R.version$minor, sep = "."), metafor = as.character(packageVersion("metafor"))), tolerance_rel = 1e-7, expected = list(tango = tango, homogeneity = homogeneity))
writeLines(toJSON(out, digits = NA, auto_unbox = TRUE, na = "null"), file.path(folder, "expected.json"))
