# Pooling and priors: metafor on studies simulated here, and base R's own integration of exact likelihoods.
# Usage: Rscript pooling.R OUTPUT_FOLDER   -> OUTPUT_FOLDER/pooling_sim/{input.csv,expected.json}
suppressPackageStartupMessages({library(metafor); library(jsonlite)})
options(digits = 15)
folder <- file.path(commandArgs(trailingOnly = TRUE)[1], "pooling_sim")
dir.create(folder, recursive = TRUE, showWarnings = FALSE)
RNGversion("4.0.0"); set.seed(20261125)

k <- 14
d <- data.frame(study = sprintf("S%02d", 1:k), year = sample(2009:2018, k, TRUE), dose = round(runif(k, 1, 6), 1),
                source = sample(c("bone marrow", "umbilical cord"), k, TRUE), n = sample(8:70, k, TRUE), control_n = sample(6:60, k, TRUE))
a <- rnorm(k, -1, .7); e <- rnorm(k, .5 + .1 * d$dose, .4)
d$events <- rbinom(k, d$n, plogis(a + e)); d$control_events <- rbinom(k, d$control_n, plogis(a))
d$control_events[3] <- 0; d$events[5] <- d$n[5]; d$events[9] <- 0; d$control_events[9] <- 0
m <- rnorm(k, -4, 1.5)
d$sd <- round(runif(k, 2, 6), 2); d$control_sd <- round(runif(k, 2, 6), 2)
d$mean <- round(rnorm(k, m + rnorm(k, -1, 1.2), d$sd / sqrt(d$n)), 2); d$control_mean <- round(rnorm(k, m, d$control_sd / sqrt(d$control_n)), 2)
d$time <- round(d$n * runif(k, .5, 3), 1); d$infections <- rpois(k, d$time * exp(rnorm(k, -1.5, .6))); d$infections[2] <- 0
write.csv(d, file.path(folder, "input.csv"), row.names = FALSE, quote = FALSE)

ctl <- list(threshold = 1e-13, maxiter = 20000, stepadj = .5, tol = 1e-13)
pack <- function(r) list(coefficients = as.numeric(r$beta), se = r$se, lower = r$ci.lb, upper = r$ci.ub, p = r$pval, tau2 = r$tau2, se_tau2 = r$se.tau2,
                         QE = r$QE, QEp = r$QEp, I2 = r$I2 / 100)
effects <- list(
  odds_ratio = escalc("OR", ai = events, n1i = n, ci = control_events, n2i = control_n, data = d),
  risk_ratio = escalc("RR", ai = events, n1i = n, ci = control_events, n2i = control_n, data = d),
  risk_difference = escalc("RD", ai = events, n1i = n, ci = control_events, n2i = control_n, data = d),
  mean_difference = escalc("MD", m1i = mean, sd1i = sd, n1i = n, m2i = control_mean, sd2i = control_sd, n2i = control_n, data = d),
  mean = escalc("MN", mi = mean, sdi = sd, ni = n, data = d),
  rate_log = escalc("IRLN", xi = infections, ti = time, data = d))
out <- list()
out$pooled <- lapply(effects, function(s) c(list(yi = as.numeric(s$yi), vi = s$vi), lapply(c(REML = "REML", DL = "DL", PM = "PM", ML = "ML"), function(me)
  pack(rma(yi, vi, data = s, method = me, test = "knha", control = ctl)))))

md <- effects$mean_difference
regress <- function(formula, method, test) { r <- rma(yi, vi, mods = formula, data = md, method = method, test = test, control = ctl)
  ci <- if (method == "FE") NULL else confint(r, control = list(tol = 1e-13))$random["tau^2", 2:3]
  c(pack(r), list(QM = r$QM, QMp = r$QMp, tau2_limits = as.numeric(ci))) }
out$regression <- list(dose_REML_knha = regress(~ dose, "REML", "knha"), dose_source_REML_knha = regress(~ dose + source, "REML", "knha"),
                       dose_DL_z = regress(~ dose, "DL", "z"), dose_source_PM_knha = regress(~ dose + source, "PM", "knha"), dose_source_ML_z = regress(~ dose + source, "ML", "z"))

whole <- rma(yi, vi, data = md, method = "REML", test = "knha", control = ctl)
one <- leave1out(whole)
out$leave_one_out <- list(estimate = one$estimate, se = one$se, tau2 = one$tau2)
years <- sort(unique(d$year)); up_to <- lapply(years, function(y) subset(md, year <= y))
out$cumulative <- list(year = years, k = sapply(up_to, nrow), estimate = sapply(up_to, function(s) if (nrow(s) < 2) NA else as.numeric(rma(yi, vi, data = s, method = "REML", test = "knha", control = ctl)$beta)))
by <- lapply(split(md, md$source), function(s) rma(yi, vi, data = s, method = "REML", test = "knha", control = ctl))
between <- rma(sapply(by, function(r) as.numeric(r$beta)), sei = sapply(by, function(r) r$se), method = "FE")
out$subgroups <- list(names = names(by), estimate = sapply(by, function(r) as.numeric(r$beta)), se = sapply(by, function(r) r$se), tau2 = sapply(by, function(r) r$tau2), Q = between$QE, p = between$QEp)
egger <- regtest(whole, model = "lm")
out$egger <- list(t = egger$zval, p = egger$pval, df = egger$ddf)
out$mantel_haenszel <- lapply(c(odds_ratio = "OR", risk_ratio = "RR", risk_difference = "RD"), function(ms) {
  r <- rma.mh(ai = events, n1i = n, ci = control_events, n2i = control_n, data = d, measure = ms, add = 0, to = "none", drop00 = ms != "RD", correct = FALSE)
  list(estimate = as.numeric(r$beta), se = r$se, lower = r$ci.lb, upper = r$ci.ub) })

# Exact likelihood of one mean with a normal between-study distribution, by integrate().
log_one <- function(log_lik, mu, tau) {
  if (tau < 1e-10) return(log_lik(mu))
  h <- function(u) log_lik(mu + tau * u) + dnorm(u, log = TRUE)
  top <- optimize(h, c(-12, 12), maximum = TRUE, tol = 1e-10)
  at <- top$maximum; width <- 1 / sqrt(max(-(h(at + 1e-3) - 2 * h(at) + h(at - 1e-3)) / 1e-6, 1))
  log(width * integrate(function(z) exp(h(at + width * z) - top$objective), -12, 12, rel.tol = 1e-12, subdivisions = 2000)$value) + top$objective }
exact <- function(log_liks, start) {
  f <- function(th) -sum(sapply(log_liks, log_one, mu = th[1], tau = th[2]))
  p <- nlminb(start, f, lower = c(-20, 0), control = list(rel.tol = 1e-14, x.tol = 1e-10))$par
  h <- 1e-3; e1 <- c(h, 0); e2 <- c(0, h)                                      # five-point derivatives
  slope <- function(p, e) (f(p - 2 * e) - 8 * f(p - e) + 8 * f(p + e) - f(p + 2 * e)) / (12 * h)
  second <- function(p, e) (-f(p + 2 * e) + 16 * f(p + e) - 30 * f(p) + 16 * f(p - e) - f(p - 2 * e)) / (12 * h^2)
  mixed <- function(p, s) (f(p + s * (e1 + e2)) - f(p + s * (e1 - e2)) - f(p - s * (e1 - e2)) + f(p - s * (e1 + e2))) / (4 * (s * h)^2)
  hessian <- function(p) { m <- (4 * mixed(p, 1) - mixed(p, 2)) / 3; matrix(c(second(p, e1), m, m, second(p, e2)), 2) }
  for (polish in 1:4) p <- p - solve(hessian(p), c(slope(p, e1), slope(p, e2)))  # nlminb stops where the surface is flat
  list(mean = p[1], tau2 = p[2]^2, se = sqrt(solve(hessian(p))[1, 1]), log_likelihood = -f(p)) }
binomial <- Map(function(x, n) { force(x); force(n); function(eta) dbinom(x, n, plogis(eta), log = TRUE) }, d$events, d$n)
poisson <- Map(function(x, t) { force(x); force(t); function(eta) dpois(x, t * exp(eta), log = TRUE) }, d$infections, d$time)
out$likelihood <- list(proportion = exact(binomial, c(0, .5)), rate = exact(poisson, c(-1.5, .5)))

# Meta-analytic-predictive priors. Normal effects: mean given tau in closed form, tau by integrate().
prior <- list(mean_sd = 2, tau_scale = 1)
y <- as.numeric(effects$mean_difference$yi)[1:6]; v <- effects$mean_difference$vi[1:6]
given <- function(tau, mean_sd) { w <- 1 / (v + tau^2); p <- sum(w) + 1 / mean_sd^2; c(m = sum(w * y) / p, v = 1 / p, l = -.5 * sum(log(v + tau^2)) - .5 * log(p) - .5 * (sum(w * y^2) - sum(w * y)^2 / p)) }
normal_map <- function(mean_sd, tau_scale) {
  post <- function(tau) sapply(tau, function(t) exp(given(t, mean_sd)["l"]) * dnorm(t, 0, tau_scale))
  area <- integrate(post, 0, Inf, rel.tol = 1e-10)$value
  over <- function(g) integrate(function(tau) post(tau) * sapply(tau, g), 0, Inf, rel.tol = 1e-10)$value / area
  m <- over(function(t) given(t, mean_sd)["m"])
  list(mean = m, sd = sqrt(over(function(t) { s <- given(t, mean_sd); s["v"] + t^2 + (s["m"] - m)^2 })),
       below = sapply(c(-4, -1, 0), function(x) over(function(t) { s <- given(t, mean_sd); pnorm(x, s["m"], sqrt(s["v"] + t^2)) })), at = c(-4, -1, 0)) }
out$map_normal <- c(list(mean_sd = 10, tau_scale = 2), normal_map(10, 2))

# Binomial: equidistant sums over mean, tau and the study effects; their error falls faster than any power of the step.
i <- c(1, 4, 7, 9); u <- seq(-9, 9, length.out = 361); du <- dnorm(u) * (u[2] - u[1])
mu <- seq(-9, 9, length.out = 601); tau <- seq(0, 6, length.out = 241)[-1] - 6 / 480   # midpoints, even in tau
lw <- sapply(tau, function(t) rowSums(sapply(i, function(s) log(as.numeric(matrix(dbinom(d$events[s], d$n[s], plogis(outer(mu, t * u, "+"))), length(mu)) %*% du)))) + dnorm(mu, 0, 2, log = TRUE) + dnorm(t, 0, 1, log = TRUE))
w <- exp(lw - max(lw)); w <- w / sum(w)
moment <- function(power) sum(w * sapply(tau, function(t) as.numeric(plogis(outer(mu, t * u, "+"))^power %*% du)))
below <- function(p) sum(w * sapply(tau, function(t) pnorm((qlogis(p) - mu) / t)))
new_events <- c(3, 20)                                                                  # posterior mean after 3 of 20 in the new study
after <- sapply(1, function(j) { f <- function(x) x^new_events[1] * (1 - x)^(new_events[2] - new_events[1])
  top <- sum(w * sapply(tau, function(t) { p <- plogis(outer(mu, t * u, "+")); as.numeric((p * f(p)) %*% du) })); bottom <- sum(w * sapply(tau, function(t) { p <- plogis(outer(mu, t * u, "+")); as.numeric(f(p) %*% du) })); top / bottom })
out$map_binomial <- list(rows = i - 1, mean_sd = 2, tau_scale = 1, mean = moment(1), sd = sqrt(moment(2) - moment(1)^2), at = c(.1, .3, .5), below = sapply(c(.1, .3, .5), below), posterior_mean_3_of_20 = after)

write_json(list(method = "pooling", data_source = "simulated by tests/oracles/scripts/pooling.R, seed 20261125",
  inputs = list(study = "study"), tolerance_rel = 1e-7,
  notes = c("pooled: metafor rma, knha, threshold 1e-13.", "regression, leave_one_out, cumulative, subgroups, egger: of the mean difference, REML and knha unless named.",
            "mantel_haenszel: rma.mh without corrections.", "likelihood: base R integrate() and nlminb, not lme4; standard error from five-point differences.",
            "map_normal: first six mean differences, integrate(). map_binomial: rows of the treated arm, sums over equidistant points."),
  software = list(R = paste(R.version$major, R.version$minor, sep = "."), metafor = as.character(packageVersion("metafor"))), expected = out),
  file.path(folder, "expected.json"), digits = NA, auto_unbox = TRUE, na = "null", null = "null")
