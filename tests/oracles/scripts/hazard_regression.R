# Cox regression (survival::coxph, cox.zph, survfit) and Fine-Gray regression (cmprsk::crr) on data simulated here.
# Usage: Rscript hazard_regression.R OUTPUT_FOLDER   -> OUTPUT_FOLDER/{cox_sim,fine_gray_sim}/{input.csv,expected.json}
suppressPackageStartupMessages({library(survival); library(cmprsk); library(jsonlite)})
options(digits = 15)
root <- commandArgs(trailingOnly = TRUE)[1]
RNGversion("4.0.0"); set.seed(20261203)
versions <- function(...) c(list(R = paste(R.version$major, R.version$minor, sep = ".")), lapply(c(...), function(p) as.character(packageVersion(p))))
put <- function(name, input, out) {
  folder <- file.path(root, name); dir.create(folder, recursive = TRUE, showWarnings = FALSE)
  write.csv(input, file.path(folder, "input.csv"), row.names = FALSE, na = "", quote = FALSE)
  writeLines(toJSON(out, digits = NA, auto_unbox = TRUE, na = "null", null = "null", matrix = "rowmajor"), file.path(folder, "expected.json"))
}

# Flares of 90 subjects: a span of constant covariates a row, late entries, visits every 7 days (ties), three centers,
# weights as of inverse probability.
span <- function(i) {
  entry <- if (i %% 4 == 0) 7 * sample(1:6, 1) else 0
  cells <- i %% 2; age <- round(rnorm(1, 32, 9), 1); center <- c("A", "B", "C")[1 + i %% 3]; w <- round(runif(1, .4, 2.2), 2)
  cut <- entry + 7 * sample(6:40, 1); start <- entry; rows <- NULL
  while (start < cut) {
    dose <- sample(c(0, 5, 10, 20), 1)
    stop <- min(cut, start + 7 * sample(3:10, 1))
    flare <- start + 7 * (1 + floor(rexp(1, .012 * exp(-.5 * cells + .03 * dose - .01 * (age - 32))) / 7))
    rows <- rbind(rows, data.frame(subject = i, center, start, stop = min(stop, flare), flare = as.integer(flare <= stop), cells, age, dose, w))
    start <- min(stop, flare)
  }
  rows
}
d <- do.call(rbind, lapply(1:90, span))
x <- c("cells", "age", "dose")
new <- data.frame(cells = c(0, 1), age = c(25, 40), dose = c(5, 0)); marks <- c(14, 50, 112, 200)

fitted <- function(ties, strata, weight, cluster) {
  f <- as.formula(paste("Surv(start, stop, flare) ~ cells + age + dose", if (strata) "+ strata(center)"))
  d$case_weight <- if (weight) d$w else 1
  args <- list(f, data = d, ties = ties, weights = d$case_weight, eps = 1e-12, toler.chol = 1e-13)
  if (cluster || weight) args$cluster <- if (cluster) d$subject else seq_len(nrow(d))
  m <- do.call(coxph, args)
  zph <- lapply(c(km = "km", identity = "identity", rank = "rank", log = "log"), function(g) unname(cox.zph(m, transform = g, terms = FALSE)$table[, "chisq"]))
  s <- summary(m)
  out <- list(ties = ties, strata = strata, weight = weight, cluster = cluster, n = m$n, events = sum(d$flare), coef = unname(coef(m)), se = unname(sqrt(diag(if (is.null(m$naive.var)) m$var else m$naive.var))),
    robust_se = if (!is.null(m$naive.var)) unname(sqrt(diag(m$var))), loglik = m$loglik, score = m$score, wald = unname(m$wald.test),
    robust_score = if (!is.null(m$rscore)) m$rscore, lower = unname(s$conf.int[, 3]), upper = unname(s$conf.int[, 4]), zph = zph, martingale = unname(residuals(m, "martingale")))
  if (is.null(m$naive.var)) {
    grid <- if (strata) merge(new, data.frame(center = c("A", "C"))) else new
    out$predicted <- lapply(seq_len(nrow(grid)), function(k) {
      p <- summary(survfit(m, newdata = grid[k, , drop = FALSE], conf.type = "log-log"), times = marks, extend = TRUE)
      c(as.list(grid[k, ]), list(times = marks, survival = p$surv, cumulative_hazard = p$cumhaz, se = p$std.err, lower = p$lower, upper = p$upper))
    })
  }
  out
}
cases <- list()
for (ties in c("efron", "breslow")) for (strata in c(FALSE, TRUE)) for (v in c("model", "cluster", "weight", "weight_cluster"))
  cases[[paste(c(ties, if (strata) "strata", v), collapse = "_")]] <- fitted(ties, strata, grepl("weight", v), grepl("cluster", v))
put("cox_sim", d, list(method = "cox_regression", data_source = "simulated by tests/oracles/scripts/hazard_regression.R, seed 20261203",
  inputs = list(entry = "start", time = "stop", event = "flare", strata = "center", cluster = "subject", weight = "w"), covariates = x,
  notes = c("coxph with eps = 1e-12; robust_se: sandwich over rows, or over `subject`.", "zph: chisq of cox.zph of each covariate, then GLOBAL.",
    "predicted: survfit.coxph, conf.type log-log, model-based variance.", "martingale: a row of the input each."),
  null_means = "not estimable, infinite or undefined in R", software = versions(survival = "survival"), tolerance_rel = 1e-7, expected = cases))

# Relapse and death: times on a grid of 7 days, so that events of interest, competing and censoring times tie; and without ties.
n <- 220
f <- data.frame(cells = rbinom(n, 1, .5), age = round(rnorm(n, 32, 9), 1), sledai = rpois(n, 9))
one <- rexp(n, .004 * exp(-.7 * f$cells + .04 * (f$sledai - 9))); two <- rexp(n, .002 * exp(.03 * (f$age - 32))); gone <- runif(n, 30, 500)
f$exact <- round(pmin(one, two, gone), 3); f$week <- 7 * ceiling(f$exact / 7)
f$cause <- ifelse(pmin(one, two) > gone, 0, ifelse(one < two, 1, 2))
new <- rbind(c(0, 25, 4), c(1, 40, 12)); marks <- c(35, 100, 210, 350)
crr_case <- function(time, k) {
  m <- crr(f[[time]], f$cause, f[c("cells", "age", "sledai")], failcode = k, gtol = 1e-12, maxiter = 50)
  p <- predict(m, cov1 = new)
  list(time = time, cause = k, coef = unname(m$coef), var = unname(m$var), loglik = c(m$loglik.null, m$loglik),
    predicted = list(profiles = new, times = marks, incidence = t(sapply(1:2, function(j) sapply(marks, function(t) { i <- sum(p[, 1] <= t); if (i == 0) 0 else p[i, j + 1] })))))
}
cases <- list(tied_1 = crr_case("week", 1), tied_2 = crr_case("week", 2), exact_1 = crr_case("exact", 1), exact_2 = crr_case("exact", 2))
put("fine_gray_sim", f, list(method = "fine_gray", data_source = "simulated by tests/oracles/scripts/hazard_regression.R, seed 20261203",
  inputs = list(cause = "cause"), covariates = c("cells", "age", "sledai"), notes = c("crr with gtol = 1e-12.", "incidence: a row a profile, a column a time."),
  null_means = "not estimable, infinite or undefined in R", software = versions(cmprsk = "cmprsk"), tolerance_rel = 1e-6, expected = cases))
