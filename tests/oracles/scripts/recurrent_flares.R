# Recurrent flares with death: MASS::glm.nb, mets::recurrentMarginal (Ghosh-Lin), survival::survfit without death (Lawless-Nadeau),
# and wins and losses of a censored time by survival::concordance.  Usage: Rscript recurrent_flares.R OUTPUT_FOLDER
suppressWarnings(suppressPackageStartupMessages({library(MASS); library(mets); library(survival); library(jsonlite)})); options(digits = 15)
folder <- file.path(commandArgs(trailingOnly = TRUE)[1], "recurrent_flares_sim"); dir.create(folder, recursive = TRUE, showWarnings = FALSE)
RNGversion("4.0.0"); set.seed(20261126)
n <- 90; arm <- rep(c("cells", "control"), c(40, 50)); sledai <- round(rnorm(n, 12, 4)); frailty <- rgamma(n, 1.2, 1.2)
history <- function(i, digits) { death <- rexp(1, .12 * frailty[i]); cut <- runif(1, .5, 4); stop <- round(min(death, cut), digits); if (stop == 0) stop <- 10^-digits
  rate <- frailty[i] * ifelse(arm[i] == "cells", .6, 1.1) * exp(.03 * (sledai[i] - 12)); t <- unique(round(cumsum(rexp(40, rate)), digits)); t <- t[t > 0 & t <= stop]
  data.frame(subject = i, arm = arm[i], sledai = sledai[i], time = c(t, stop), event = c(rep("flare", length(t)), if (death <= cut) "death" else "")) }
cases <- list(fine = do.call(rbind, lapply(1:n, history, 6)), tied = do.call(rbind, lapply(1:n, history, 1)))
intervals <- function(h) { h$row <- seq_len(nrow(h)); do.call(rbind, lapply(split(h, h$subject), function(s) { s <- s[order(s$row), ]; s$entry <- c(0, head(s$time, -1)); s })) }
mcf <- function(h, death) { d <- intervals(h); d$status <- match(d$event, c("", "flare", "death")) - 1
  if (!death) { d <- d[d$time > d$entry, ]; f <- survfit(Surv(entry, time, status == 1) ~ 1, data = d, id = subject, robust = TRUE, stype = 2, ctype = 1); keep <- f$n.event > 0; return(list(time = f$time[keep], mean = f$cumhaz[keep], se = f$std.chaz[keep])) }
  d$entry[d$time == d$entry] <- d$entry[d$time == d$entry] - 1e-9
  xr <- phreg(Surv(entry, time, status == 1) ~ cluster(subject), data = d); dr <- phreg(Surv(entry, time, status == 2) ~ cluster(subject), data = d)
  o <- recurrentMarginal(xr, dr); last <- !duplicated(o$times, fromLast = TRUE); list(time = o$times[last], mean = o$mu[last], se = o$se.mu[last]) }
# Tied times (mets does not handle them): Kaplan-Meier just before each flare times survfit's increments of the flares' hazard.
product <- function(h) { free <- mcf(h, FALSE); e <- do.call(rbind, lapply(split(h, h$subject), function(s) tail(s, 1))); km <- survfit(Surv(time, event == "death") ~ 1, data = e)
  before <- sapply(free$time, function(t) min(1, km$surv[km$time < t - 1e-9])); list(time = free$time, mean = cumsum(before * diff(c(0, free$mean)))) }
# One row a subject, for the counts.
first <- intervals(cases$fine); per <- do.call(rbind, lapply(split(first, first$subject), function(s) data.frame(subject = s$subject[1], arm = s$arm[1], sledai = s$sledai[1], events = sum(s$event == "flare"), years = max(s$time))))
per$arm <- relevel(factor(per$arm), "control")
nb <- function(f) { g <- glm.nb(f, data = per, control = glm.control(epsilon = 1e-14, maxit = 500), init.theta = 1); s <- summary(g); list(coefficients = as.list(coef(g)), se = as.list(s$coefficients[, 2]), theta = g$theta, theta_se = g$SE.theta, log_likelihood = as.numeric(logLik(g))) }
# Wins: the arm's patient has the later death, by counts of concordance and their derivatives by each subject's weight.
end <- do.call(rbind, lapply(split(first, first$subject), function(s) tail(s, 1))); end$died <- end$event == "death"
cc <- concordance(Surv(time, died) ~ I(arm == "cells"), data = end, influence = 3); infl <- cc$influence
w <- infl[, "concordant"]; l <- infl[, "discordant"]; W <- unname(cc$count["concordant"]); L <- unname(cc$count["discordant"])
wins <- list(wins = W, losses = L, log_ratio = log(W / L), se_log_ratio = sqrt(sum((w / W - l / L)^2)))
write.csv(do.call(rbind, lapply(names(cases), function(k) data.frame(case = k, cases[[k]]))), file.path(folder, "input.csv"), row.names = FALSE, na = "", quote = FALSE)
out <- list(method = "recurrent_events", data_source = "simulated by tests/oracles/scripts/recurrent_flares.R, seed 20261126", inputs = list(subject = "subject", time = "time", event = "event", arm = "arm", covariates = "sledai"),
  notes = c("mcf: mets::recurrentMarginal(km = TRUE), variance of Ghosh and Lin; times with a flare. tied: mean only, from survfit (km just before, times increments of cumhaz).", "mcf_without_death: survfit cumhaz with robust std.chaz, death taken as censoring; times with a flare.", "negative_binomial: glm.nb of flares per subject of case fine, offset log(years), control is the reference.", "wins: time to death of case fine; se from the influence of survival::concordance."),
  null_means = "not estimable", software = list(R = paste(R.version$major, R.version$minor, sep = "."), MASS = as.character(packageVersion("MASS")), mets = as.character(packageVersion("mets")), survival = as.character(packageVersion("survival"))), tolerance_rel = 1e-7,
  expected = list(mcf = list(fine = mcf(cases$fine, TRUE), tied = product(cases$tied)), mcf_without_death = lapply(cases, mcf, FALSE), negative_binomial = list(arm = nb(events ~ arm + offset(log(years))), adjusted = nb(events ~ arm + sledai + offset(log(years)))), wins = wins))
writeLines(toJSON(out, digits = NA, auto_unbox = TRUE, na = "null"), file.path(folder, "expected.json"))
