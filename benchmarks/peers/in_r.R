# Seconds a fit of metafor: Rscript pooling.R STUDIES.csv  -> one line a fit: name, median seconds
suppressPackageStartupMessages(library(metafor))
d <- read.csv(commandArgs(trailingOnly = TRUE)[1])
median_of <- function(f, runs) { f(); median(sapply(seq_len(runs), function(i) system.time(f())[["elapsed"]])) }
many <- function(f, times) function() for (i in seq_len(times)) f()                          # the clock of R ticks in milliseconds
reml <- function() rma(measure = "PLO", xi = events, ni = n, data = d, method = "REML", test = "knha")
glmm <- function() suppressWarnings(rma.glmm(measure = "PLO", xi = events, ni = n, data = d))
cat("reml", median_of(many(reml, 20), 5) / 20, "\n")
cat("glmm", median_of(glmm, 5), "\n")
