# Nelson-Aalen, restricted means, log-rank and Gray tests, cumulative incidences of other software on data simulated here.
# Usage: Rscript event_times.R OUTPUT_FOLDER -> OUTPUT_FOLDER/{hazard_sim,logrank_sim,gray_sim}/{input.csv,expected.json}
suppressPackageStartupMessages({library(survival); library(cmprsk); library(survMisc); library(jsonlite)})
options(digits = 15)
root <- commandArgs(trailingOnly = TRUE)[1]
RNGversion("4.0.0"); set.seed(20261125)
versions <- function(...) c(R = paste(R.version$major, R.version$minor, sep = "."), sapply(c(...), function(p) as.character(packageVersion(p))))
save_case <- function(name, input, inputs, notes, software, expected, tolerance = 1e-7) {
  folder <- file.path(root, name); dir.create(folder, recursive = TRUE, showWarnings = FALSE)
  write.csv(input, file.path(folder, "input.csv"), row.names = FALSE, na = "", quote = FALSE)
  out <- list(method = name, data_source = "simulated by tests/oracles/scripts/event_times.R, seed 20261125", inputs = inputs, notes = notes,
    null_means = "not estimable, infinite or undefined in R", software = as.list(software), tolerance_rel = tolerance, expected = expected)
  writeLines(toJSON(out, digits = NA, auto_unbox = TRUE, na = "null", null = "null", matrix = "rowmajor"), file.path(folder, "expected.json"))
}

# 1. One event, delayed entry, fractional weights, ties.
n <- 90
d <- data.frame(arm = sample(c("a", "b"), n, TRUE), entry = sample(c(rep(0, 5), 1:15), n, TRUE), weight = sample(c(.5, 1, 1.25, 2), n, TRUE))
d$time <- d$entry + ceiling(rexp(n, ifelse(d$arm == "a", 1 / 40, 1 / 60))); cut <- d$entry + sample(20:90, n, TRUE)
d$event <- as.integer(d$time <= cut); d$time <- pmin(d$time, cut)
until <- 60
mean_of <- function(f, infl) {                                               # area under S to `until`, and of each row's influence on it
  knots <- c(min(f$start), f$time); width <- pmax(pmin(c(knots[-1], Inf), until) - knots, 0)
  list(days = sum(c(1, f$surv) * width), se = if (is.null(infl)) NULL else sqrt(sum((cbind(0, infl) %*% width)^2)))
}
one <- function(rows, weighted) {
  w <- if (weighted) rows$weight else rep(1, nrow(rows)); origin <- min(rows$entry)
  f <- survfit(Surv(entry, time, event) ~ 1, data = rows, weights = w, id = seq_len(nrow(rows)), influence = 3, robust = TRUE)
  g <- survfit(Surv(entry, time, event) ~ 1, data = rows, weights = w, robust = FALSE)
  f$start <- g$start <- origin
  m <- mean_of(f, f$influence.surv)                                          # influence already carries the weight
  stopifnot(abs(sqrt(colSums(f$influence.surv^2)) - f$std.err * if (f$logse) f$surv else 1) < 1e-12)
  tab <- summary(survfit(Surv(entry - origin, time - origin, event) ~ 1, data = rows, weights = w, robust = FALSE), rmean = until - origin)$table
  stopifnot(abs(m$days - tab[["rmean"]]) < 1e-9)
  list(n = nrow(rows), time = f$time, hazard = f$cumhaz, se_aalen = g$std.chaz, se_jackknife = f$std.chaz,
       mean = m$days, mean_se_greenwood = tab[["se(rmean)"]], mean_se_jackknife = m$se)
}
arms <- function(weighted) lapply(split(d, d$arm), one, weighted = weighted)
save_case("hazard_sim", d, list(time = "time", event = "event", entry = "entry", weight = "weight", group = "arm"),
  c("survfit(Surv(entry, time, event), weights): cumhaz, std.chaz; se_jackknife with robust = TRUE.", "mean: area under the curve from the first entry to `until`; its Greenwood se from summary(rmean), its jackknife se from influence.surv."),
  versions("survival"), list(until = until, weighted = arms(TRUE), unweighted = arms(FALSE)))

# 2. Log-rank tests: three groups, strata, ties; Fleming-Harrington weights; delayed entry.
n <- 150
d <- data.frame(arm = sample(c("high", "low", "placebo"), n, TRUE), region = sample(c("east", "west"), n, TRUE, c(.4, .6)), nephritis = sample(0:1, n, TRUE))
d$time <- ceiling(rexp(n, ifelse(d$arm == "placebo", 1 / 20, 1 / 30) * ifelse(d$nephritis == 1, 1.5, 1))); cut <- sample(10:60, n, TRUE)
d$event <- as.integer(d$time <= cut); d$time <- pmin(d$time, cut)
d$entry <- round(pmin(runif(n, 0, 15), d$time - .5), 2); d$exact <- d$time - round((1:n) / 1000, 3)   # no ties: for the score test
stopifnot(!anyDuplicated(d$exact), all(d$entry < d$exact))
test <- function(f) { s <- function(x) if (is.matrix(x)) rowSums(x) else x
  list(groups = sub(".*=", "", names(f$n)), observed = s(f$obs), expected = s(f$exp), var = unname(f$var), chisq = f$chisq, p = pchisq(f$chisq, length(f$n) - 1, lower.tail = FALSE)) }
late <- function(formula) { f <- coxph(formula, d, ties = "breslow"); list(chisq = f$score, df = length(coef(f))) }
fh <- function(rho, gamma) {                                                  # two groups without ties: survMisc::comp (its variance differs from survdiff's at ties)
  two <- subset(d, arm != "low"); x <- ten(Surv(exact, event) ~ arm, data = two)
  invisible(capture.output(comp(x, p = rho, q = gamma))); r <- as.data.frame(attr(x, "lrt")); k <- grep("FH", r$W)
  list(rho = rho, gamma = gamma, q = r$Q[k], var = r$Var[k], z = r$Z[k])
}
expected <- list(
  plain = test(survdiff(Surv(time, event) ~ arm, d)), rho_1 = test(survdiff(Surv(time, event) ~ arm, d, rho = 1)), rho_half = test(survdiff(Surv(time, event) ~ arm, d, rho = .5)),
  stratified = test(survdiff(Surv(time, event) ~ arm + strata(region, nephritis), d)), stratified_rho_1 = test(survdiff(Surv(time, event) ~ arm + strata(region, nephritis), d, rho = 1)),
  entry = late(Surv(entry, exact, event) ~ arm), entry_stratified = late(Surv(entry, exact, event) ~ arm + strata(region)),
  without_low = lapply(list(c(0, 1), c(1, 1), c(.5, 2)), function(w) fh(w[1], w[2])))
save_case("logrank_sim", d, list(time = "time", event = "event", group = "arm", strata = c("region", "nephritis"), entry = "entry", exact = "exact"),
  c("survdiff; weights S(t-)^rho within each stratum.", "entry: score test of coxph(Surv(entry, exact, event)), event times without ties.", "without_low: survMisc::comp of two groups at the exact times, Fleming-Harrington weights with S(t-); q = sum w (observed - expected) of the placebo group."),
  versions("survival", "survMisc"), expected)

# 3. Competing causes: three groups, strata, many ties, one group without censoring.
n <- 180
d <- data.frame(arm = sample(c("a", "b", "c"), n, TRUE), center = sample(1:3, n, TRUE))
t1 <- ceiling(rexp(n, ifelse(d$arm == "a", 1 / 12, 1 / 20))); t2 <- ceiling(rexp(n, 1 / 30)); cut <- ifelse(d$arm == "c", 1000, sample(5:30, n, TRUE))
d$time <- pmin(t1, t2, cut); d$cause <- ifelse(d$time == cut & t1 > cut & t2 > cut, 0, ifelse(t1 <= t2, 1, 2))
d$entry <- pmin(sample(c(0, 0, 0, 1:6), n, TRUE), d$time - 1); d$weight <- sample(c(.5, 1, 1.5), n, TRUE)
tests <- function(rho, strata) { x <- if (strata) cuminc(d$time, d$cause, d$arm, d$center, rho = rho) else cuminc(d$time, d$cause, d$arm, rho = rho)
  x <- x$Tests; setNames(lapply(rownames(x), function(cause) list(chisq = x[cause, "stat"], p = x[cause, "pv"], df = x[cause, "df"])), rownames(x)) }
gray <- list(plain = tests(0, FALSE), rho_half = tests(.5, FALSE), rho_1 = tests(1, FALSE), stratified = tests(0, TRUE), stratified_rho_1 = tests(1, TRUE))
fit <- cuminc(d$time, d$cause, d$arm); days <- c(1, 3, 7, 12, 20, 29); tp <- timepoints(fit, days)
curves <- lapply(split(d, d$arm), function(rows) {
  s <- survfit(Surv(entry, time, factor(cause, 0:2)) ~ 1, data = rows, weights = weight, id = seq_len(nrow(rows)), influence = TRUE)
  k <- match(c("1", "2"), s$states); knots <- c(min(rows$entry), s$time); until <- 20
  width <- pmax(pmin(c(knots[-1], Inf), until) - knots, 0)
  infl <- s$influence.pstate[, , k] * rows$weight; p <- rbind(s$p0, s$pstate)[, k]   # without the weight in 3.5-3
  stopifnot(max(abs(sqrt(apply(infl^2, 2:3, sum))[-1, ] - s$std.err[, k])) < 1e-12)
  lost <- apply(infl, c(1, 3), function(u) sum(u * width))
  list(time = s$time, incidence = unname(s$pstate[, k]), se = unname(s$std.err[, k]), until = until, lost = colSums(p * width), lost_se = sqrt(colSums(lost^2)))
})
last <- lapply(fit[names(fit) != "Tests"], function(x) tail(x$var, 1))
save_case("gray_sim", d, list(time = "time", cause = "cause", group = "arm", strata = "center", entry = "entry", weight = "weight"),
  c("tests: cuminc.", "aalen: timepoints of cuminc (rows of a matrix: group and cause; columns: days); aalen_last: the variance after the last event.", "curves: survfit(Surv(entry, time, factor(cause)), weights) with delayed entry and weights; columns are causes 1 and 2."),
  versions("survival", "cmprsk"), list(tests = gray, aalen = list(days = days, rows = rownames(tp$est), incidence = unname(tp$est), variance = unname(tp$var)), aalen_last = last, curves = curves))
