# Firth's logistic regression: brglm2 (type = "AS_mean") for coefficients; profile limits and tests by maximizing the penalized
# log-likelihood itself with optim and uniroot.  Usage: Rscript firth_logistic.R OUTPUT_FOLDER
suppressPackageStartupMessages({library(brglm2); library(jsonlite)}); options(digits = 15)
folder <- file.path(commandArgs(trailingOnly = TRUE)[1], "firth_lupus_sim"); dir.create(folder, recursive = TRUE, showWarnings = FALSE)
RNGversion("4.0.0"); set.seed(20261125)
n <- 34
d <- data.frame(cells = rep(0:1, c(14, 20)), sledai = round(rnorm(n, 13, 4)), upcr = round(rexp(n, .6) + .5, 1), naive = rbinom(n, 1, .2))
d$response <- rbinom(n, 1, plogis(-3 + 1.6 * d$cells + .05 * d$sledai - .2 * d$upcr)); d$response[d$naive == 1] <- 1   # naive patients all respond: quasi-separation
stopifnot(sum(d$response) %in% 5:25)
x <- model.matrix(~ cells + sledai + upcr + naive, d); y <- d$response
fit <- glm(response ~ cells + sledai + upcr + naive, binomial, d, method = "brglmFit", type = "AS_mean", epsilon = 1e-13, maxit = 1000)
pl <- function(b) { p <- plogis(drop(x %*% b)); sum(y * plogis(drop(x %*% b), log.p = TRUE) + (1 - y) * plogis(-drop(x %*% b), log.p = TRUE)) + .5 * as.numeric(determinant(crossprod(x, x * (p * (1 - p))))$modulus) }
b <- coef(fit); top <- pl(b); s <- sqrt(diag(vcov(fit)))
profile <- function(j, v) { o <- b[-j]; for (i in 1:6) o <- optim(o, function(q) { full <- b; full[-j] <- q; full[j] <- v; -pl(full) }, method = if (i %% 2) "BFGS" else "Nelder-Mead", control = list(reltol = 1e-15, maxit = 5000, parscale = s[-j]))$par
  full <- b; full[-j] <- o; full[j] <- v; pl(full) }
limit <- function(j, sign) { f <- function(v) profile(j, v) - top + qchisq(.95, 1) / 2; far <- b[j] + sign * 2 * s[j]; while (f(far) > 0) far <- far + sign * 2 * s[j]; uniroot(f, sort(c(b[j], far)), tol = 1e-9)$root }
expected <- list(coefficients = as.list(b), se = as.list(s), lower = as.list(setNames(sapply(seq_along(b), limit, -1), names(b))), upper = as.list(setNames(sapply(seq_along(b), limit, 1), names(b))),
  chisq = as.list(setNames(sapply(seq_along(b), function(j) 2 * (top - profile(j, 0))), names(b))), penalized_log_likelihood = top)
write.csv(d, file.path(folder, "input.csv"), row.names = FALSE)
out <- list(method = "firth_logistic", data_source = "simulated by tests/oracles/scripts/firth_logistic.R, seed 20261125; naive = 1 always responds", inputs = list(response = "response", covariates = c("cells", "sledai", "upcr", "naive")),
  notes = c("coefficients and se: brglm2, type AS_mean.", "limits and chisq: the profile of the penalized log-likelihood by optim (BFGS, Nelder-Mead): good to about 1e-6."), null_means = "not estimable",
  software = list(R = paste(R.version$major, R.version$minor, sep = "."), brglm2 = as.character(packageVersion("brglm2"))), tolerance_rel = 1e-6, expected = expected)
writeLines(toJSON(out, digits = NA, auto_unbox = TRUE, na = "null"), file.path(folder, "expected.json"))
