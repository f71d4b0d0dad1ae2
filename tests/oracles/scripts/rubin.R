# Rubin's rules of R mice 3.15 (pool.scalar) on estimates drawn here.
# Usage: Rscript rubin.R OUTPUT_FOLDER   -> OUTPUT_FOLDER/rubin_sim/{input.csv,expected.json}
suppressPackageStartupMessages({library(mice); library(jsonlite)})
options(digits = 15)
folder <- file.path(commandArgs(trailingOnly = TRUE)[1], "rubin_sim")
dir.create(folder, recursive = TRUE, showWarnings = FALSE)
RNGversion("4.0.0"); set.seed(20261125)

d <- expand.grid(imputation = 1:20, quantity = c("a", "b", "c"))
spread <- c(a = .05, b = .5, c = 2)[as.character(d$quantity)]
d$estimate <- round(rnorm(60, -3, spread), 6); d$variance <- round(runif(60, .3, .6), 6)
write.csv(d, file.path(folder, "input.csv"), row.names = FALSE)

pooled <- function(rows, df) {
  m <- pool.scalar(rows$estimate, rows$variance, n = df + 1, k = 1)
  list(estimate = m$qbar, se = sqrt(m$t), df = m$df)
}
expected <- lapply(split(d, d$quantity), function(rows) list(infinite = pooled(rows, Inf), finite_36 = pooled(rows, 36)))
out <- list(method = "rubin", inputs = list(estimate = "estimate", variance = "variance"),
  software = list(R = paste(R.version$major, R.version$minor, sep = "."), mice = as.character(packageVersion("mice"))),
  tolerance_rel = 1e-7, expected = expected)
writeLines(toJSON(out, digits = NA, auto_unbox = TRUE, pretty = TRUE), file.path(folder, "expected.json"))
