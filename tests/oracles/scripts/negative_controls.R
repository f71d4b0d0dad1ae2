# Distribution of systematic error from negative controls: random-effects model by maximum likelihood (metafor), the
# likelihood of Schuemie et al. 2014 maximized by nlm beside it; calibrated p and limits, leave-one-out p.
# Usage: Rscript negative_controls.R OUTPUT_FOLDER -> OUTPUT_FOLDER/negative_controls_sim/{input.csv,expected.json}
suppressPackageStartupMessages({library(metafor); library(jsonlite)})
options(digits = 15)
folder <- file.path(commandArgs(trailingOnly = TRUE)[1], "negative_controls_sim")
dir.create(folder, recursive = TRUE, showWarnings = FALSE)
RNGversion("4.0.0"); set.seed(20261129)
k <- 24; se <- round(runif(k, .06, .5), 3)
d <- data.frame(control = sprintf("outcome %02d", 1:k), estimate = round(rnorm(k, .18, .15) + rnorm(k, 0, se), 4), se = se)
write.csv(d, file.path(folder, "input.csv"), row.names = FALSE)
fit <- function(x) { m <- rma(yi = estimate, sei = se, data = x, method = "ML", control = list(threshold = 1e-14, maxiter = 10000)); c(as.numeric(m$beta), sqrt(m$tau2)) }
own <- function(x) { o <- nlm(function(q) -sum(dnorm(x$estimate, q[1], sqrt(exp(2 * q[2]) + x$se^2), log = TRUE)), c(.1, -2), gradtol = 1e-10, steptol = 1e-12); c(o$estimate[1], exp(o$estimate[2])) }
calibrated <- function(y, s, null) { t <- sqrt(s^2 + null[2]^2); e <- y - null[1]
  list(estimate = e, se = t, lower = e - qnorm(.975) * t, upper = e + qnorm(.975) * t, p = 2 * pnorm(-abs(e / t))) }
whole <- fit(d); stopifnot(max(abs(whole - own(d))) < 1e-5)
p <- 2 * pnorm(-abs(d$estimate / d$se))
write_json(list(
  method = "negative_controls", data_source = "simulated by tests/oracles/scripts/negative_controls.R, seed 20261129",
  inputs = list(name = "control", estimate = "estimate", se = "se"),
  notes = c("mean, sd: rma(method = ML), threshold 1e-14; nlm on the written-out likelihood agrees to 1e-5.", "left_out_p: each control by the fit to the others.", "few: the first four controls."),
  software = list(R = as.character(getRversion()), metafor = as.character(packageVersion("metafor"))), tolerance_rel = 1e-6,
  expected = list(mean = whole[1], sd = whole[2], p = p, excluding = sum(p < .05), p_excess = binom.test(sum(p < .05), k, .05, "greater")$p.value,
    left_out_p = sapply(seq_len(k), function(i) calibrated(d$estimate[i], d$se[i], fit(d[-i, ]))$p),
    main = calibrated(.62, .17, whole), few = fit(d[1:4, ]))
), file.path(folder, "expected.json"), digits = I(15), auto_unbox = TRUE, na = "null")
