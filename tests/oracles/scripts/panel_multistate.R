# Markov models of states seen at visits (msm::msm) on histories simulated here.
# Usage: Rscript panel_multistate.R OUTPUT_FOLDER -> OUTPUT_FOLDER/panel_multistate_sim/{input.csv,expected.json}
suppressPackageStartupMessages({library(msm); library(numDeriv); library(jsonlite)})
options(digits = 15)
folder <- file.path(commandArgs(trailingOnly = TRUE)[1], "panel_multistate_sim")
dir.create(folder, recursive = TRUE, showWarnings = FALSE)
RNGversion("4.0.0"); set.seed(20261125)

# Active <-> remission, both -> dead (relapse = active again). Whole path first, then what the visits show of it.
rates <- function(cells, age, day) {
  late <- day >= 180
  list(active = c(remission = .012 * exp(.6 * cells - .1 * age + .3 * late), dead = .0012 * exp(.3 * age)),
       remission = c(active = .007 * exp(-.5 * cells + .2 * age - .4 * late), dead = .0004))
}
path <- function(cells, age, cut) {
  day <- 0; state <- sample(c("active", "remission"), 1, prob = c(.75, .25)); out <- data.frame(day, state)
  repeat {
    q <- rates(cells, age, day)[[state]]; stop <- day + rexp(1, sum(q))
    if (day < 180 && stop > 180) { day <- 180; next }
    if (stop >= cut) return(out)
    state <- sample(names(q), 1, prob = q); day <- stop; out <- rbind(out, data.frame(day, state))
    if (state == "dead") return(out)
  }
}
at <- function(p, day) p$state[findInterval(day, p$day)]
subject <- function(i) {
  cells <- i %% 2; age <- round(rnorm(1), 2); cut <- sample(200:600, 1); p <- path(cells, age, cut)
  died <- p$day[p$state == "dead"]; end <- if (length(died)) died else cut
  if (i > 150) {                                              # watched without a break: every change on its day
    rows <- data.frame(time = round(p$day, 1), state = p$state, seen = "followed")
    if (!length(died)) rows <- rbind(rows, data.frame(time = cut, state = at(p, cut), seen = "followed"))
    rows <- rows[!duplicated(rows$time), ]
  } else {
    visits <- c(0, cumsum(sample(c(14, 28, 28, 28, 56, 84, 91), 40, replace = TRUE))); visits <- visits[visits < end]
    rows <- data.frame(time = visits, state = at(p, visits), seen = "visit")
    if (i > 120 && sum(p$state == "active" & p$day > 0)) {    # the day of the first relapse was told
      told <- round(p$day[p$state == "active" & p$day > 0][1], 1)
      rows <- rbind(rows[rows$time != told, ], data.frame(time = told, state = "active", seen = "entered"))
    }
    missed <- runif(nrow(rows)) < .12 & rows$time > 0 & rows$seen == "visit"; rows$state[missed] <- NA
    if (length(died)) rows <- rbind(rows, data.frame(time = round(died, 1) + .05, state = "dead", seen = "visit"))
    else if (cut > max(rows$time)) rows <- rbind(rows, data.frame(time = cut, state = NA, seen = "visit"))
  }
  rows <- rows[order(rows$time), ]; known <- rows$state[!is.na(rows$state)]; when <- which(!is.na(rows$state))
  # msm 1.7 gives a state entered again since the last visit in the same state the likelihood 1: not compared with
  again <- when[-1][rows$seen[when[-1]] == "entered" & known[-1] == known[-length(known)]]; if (length(again)) rows <- rows[-again, ]
  data.frame(cohort = "lupus", subject = sprintf("S%03d", i), rows, cells, age = round(age + .1 * floor(rows$time / 200), 2))
}
lupus <- do.call(rbind, lapply(1:180, subject))

# Four states; some visits only tell that the patient is not active.
grades <- c("active", "low", "remission", "dead")
grade_rates <- rbind(c(0, .015, 0, .001), c(.008, 0, .012, 0), c(0, .009, 0, 0), 0)
graded <- do.call(rbind, lapply(1:90, function(i) {
  day <- 0; k <- sample(3, 1); cut <- sample(150:500, 1); days <- day; states <- k
  while (k < 4) { stop <- day + rexp(1, sum(grade_rates[k, ])); if (stop >= cut) break; day <- stop; k <- sample(4, 1, prob = grade_rates[k, ]); days <- c(days, day); states <- c(states, k) }
  end <- if (k == 4) day else cut; visits <- c(0, cumsum(sample(c(28, 30, 56, 84), 20, replace = TRUE))); visits <- visits[visits < end]
  s <- grades[states[findInterval(visits, days)]]; vague <- s %in% grades[2:3] & runif(length(s)) < .3 & visits > 0; s[vague] <- "not_active"
  rows <- data.frame(time = visits, state = s); if (k == 4) rows <- rbind(rows, data.frame(time = round(day, 1) + .05, state = "dead"))
  data.frame(cohort = "graded", subject = sprintf("G%03d", i), rows, seen = "visit", cells = 0, age = 0)
}))

three <- rbind(c(0, .01, .001), c(.01, 0, .001), 0); four <- grade_rates
days <- c(30, 182, 365.5); until <- 365
profiles <- list(list(cells = 0, age = -.5), list(cells = 1, age = .5))

# One case. `effects`: per covariate its coefficients, one a transition. `equal`: covariates with one effect on all.
case <- function(name, data, q, states, death = TRUE, covariates = NULL, equal = FALSE, pci = NULL, types = NULL, censor = NULL) {
  data$code <- match(data$state, states); if (!is.null(censor)) for (k in seq_along(censor)) data$code[data$state %in% names(censor)[k] | (is.na(data$state) & names(censor)[k] == "")] <- 90 + k
  data <- data[!is.na(data$code), ]; move <- which(t(q) > 0, arr.ind = TRUE)[, 2:1]; K <- nrow(move)
  formula <- if (length(covariates)) as.formula(paste("~", paste(covariates, collapse = "+")))
  terms <- c(covariates, if (length(pci)) "timeperiod[180,Inf)")             # msm puts periods last
  J <- length(terms); place <- matrix(seq_len(J * K), J, K, byrow = TRUE); if (equal) place <- matrix(seq_len(J), J, K)
  fit <- function(theta, ...) {
    qm <- q; qm[move] <- exp(theta[1:K]); inits <- lapply(seq_len(J), function(j) theta[K + place[j, ]]); names(inits) <- terms
    call <- list(code ~ time, subject = quote(subject), data = data, qmatrix = qm, center = FALSE, covariates = formula)
    if (!is.null(pci)) call$pci <- pci
    if (J) call$covinits <- inits
    if (equal) call$constraint <- setNames(lapply(terms, function(t) rep(1, K)), terms)
    if (death) call$deathexact <- length(states)
    if (!is.null(types)) call$obstype <- types
    if (!is.null(censor)) { call$censor <- 90 + seq_along(censor); call$censor.states <- unname(censor) }
    do.call(msm, c(call, list(...)))
  }
  P <- K + if (J) max(place) else 0
  slope <- function(theta) { d <- fit(theta, fixedpars = TRUE)$deriv; if (length(d) != P) stop("derivatives: ", length(d)); d }
  start <- c(log(q[move]), rep(0, P - K))
  own <- suppressWarnings(fit(start, control = list(fnscale = 4000, reltol = 1e-14, maxit = 2000)))
  theta <- unname(own$opt$par)
  for (i in 1:4) { hessian <- jacobian(slope, theta) / 2; theta <- theta - solve(hessian, slope(theta) / 2) }   # Newton, with msm's own gradient
  covariance <- solve(jacobian(slope, theta) / 2); final <- fit(theta, fixedpars = TRUE)
  stopifnot(max(abs(slope(theta))) < 1e-6, max(abs(sqrt(diag(own$covmat)[own$paramdata$optpars]) / sqrt(diag(covariance)) - 1)) < .02)
  matrix_of <- function(th, x, late) { q0 <- q * 0; z <- c(unlist(x[covariates]), if (length(pci)) late); e <- th[1:K]
    for (j in seq_len(J)) e <- e + z[j] * th[K + place[j, ]]; q0[move] <- exp(e); diag(q0) <- -rowSums(q0); q0 }
  transition <- function(th, x, t) if (length(pci) && t > pci) MatrixExp(matrix_of(th, x, 0), pci) %*% MatrixExp(matrix_of(th, x, 1), t - pci) else MatrixExp(matrix_of(th, x, 0), t)
  length_of_stay <- function(th, x) sapply(seq_along(states), function(s) {                                     # from the fit where msm does it
    integrate_row <- function(r) sum(sapply(if (length(pci)) list(c(0, pci), c(pci, until)) else list(c(0, until)), function(b) integrate(function(u) sapply(u, function(t) transition(th, x, t)[r, s]), b[1], b[2], rel.tol = 1e-10)$value))
    sapply(seq_along(states), integrate_row) })
  delta <- function(f) { g <- jacobian(f, theta); sqrt(rowSums((g %*% covariance) * g)) }
  living <- which(rowSums(q) > 0)
  at_profile <- function(x) {
    rate <- matrix_of(theta, x, 0); stays <- length_of_stay(theta, x)
    msm_covariates <- if (J) c(x[covariates], if (length(pci)) list(timeperiod = "[-Inf,180)")) else "mean"
    theirs <- qmatrix.msm(final, covariates = if (J) msm_covariates else 0, ci = "none"); stopifnot(max(abs(theirs - rate)) < 1e-12)
    if (!length(pci)) {
      stopifnot(max(abs(pmatrix.msm(final, t = 182, covariates = if (J) msm_covariates else 0) - transition(theta, x, 182))) < 1e-10,
                max(abs(totlos.msm(final, start = 1, tot = until, covariates = if (J) msm_covariates else 0) - stays[1, ])) < 1e-6,
                max(abs(unlist(sojourn.msm(final, covariates = if (J) msm_covariates else 0, ci = "none")) - -1 / diag(rate)[living])) < 1e-8)
    }
    list(profile = if (length(covariates)) x[covariates] else NULL, intensity = I(rate[move]), intensity_se = I(delta(function(th) matrix_of(th, x, 0)[move])),
         sojourn = I(-1 / diag(rate)[living]), sojourn_se = I(delta(function(th) -1 / diag(matrix_of(th, x, 0))[living])),
         days = days, probability = lapply(days, function(t) transition(theta, x, t)), probability_se = lapply(days, function(t) matrix(delta(function(th) c(transition(th, x, t))), length(states))),
         until = until, stay = stays)
  }
  ours <- c(1:K, if (length(pci)) K + place[J, ], if (length(covariates)) K + unique(c(t(place[seq_along(covariates), ]))))
  cat(name, "-2 log L", final$minus2loglik, "gradient", max(abs(slope(theta))), "\n")
  list(name = name, cohort = data$cohort[1], states = states, death_exact = death, covariates = I(as.character(covariates)), shared = equal, breaks = I(as.numeric(pci)), observed = !is.null(types),
       unknown = if (is.null(censor)) "dropped" else "kept", n = length(unique(data$subject)), minus_2_log_likelihood = final$minus2loglik, theta = I(theta[ours]), se = I(sqrt(diag(covariance))[ours]),
       msm_optim = list(minus_2_log_likelihood = own$minus2loglik, estimate = I(unname(own$opt$par)[ours]), se = I(unname(sqrt(diag(own$covmat)[own$paramdata$optpars]))[ours])),
       at = lapply(if (length(covariates)) profiles else profiles[1], at_profile))
}
names3 <- c("active", "remission", "dead"); visited <- lupus[lupus$seen == "visit", ]
two <- c("active", "remission")
expected <- list(
  case("visits", visited[is.na(visited$state) | visited$state != "dead", ], three[1:2, 1:2], two, death = FALSE),
  case("death found at a visit", visited, three, names3, death = FALSE),
  case("death exact", visited, three, names3),
  case("alive, state unknown", visited, three, names3, censor = setNames(list(1:2), "")),
  case("covariates", visited, three, names3, covariates = c("cells", "age"), censor = setNames(list(1:2), "")),
  case("covariates with one effect", visited, three, names3, covariates = c("cells", "age"), equal = TRUE),
  case("piecewise", visited, three, names3, pci = 180),
  case("piecewise, covariate", visited, three, names3, covariates = "cells", pci = 180),
  case("followed and entered", transform(lupus[!is.na(lupus$state), ], type = ifelse(seen == "visit" & state == "dead", 3, c(visit = 1, entered = 3, followed = 2)[seen])), three, names3, types = quote(type)),
  case("sets of states", graded, four, grades, censor = list(not_active = 2:3)))
input <- rbind(lupus, graded)
write.csv(input, file.path(folder, "input.csv"), row.names = FALSE, na = "", quote = FALSE)
out <- list(method = "panel_multistate", data_source = "simulated by tests/oracles/scripts/panel_multistate.R, seed 20261125",
  inputs = list(cohort = "cohort", subject = "subject", time = "time", state = "state", observed = "seen"),
  notes = c("theta: log intensities at covariates 0 in the first period by row of the matrix, then coefficients a term and transition (periods first).",
    "msm's maximum, driven to gradient 0 by Newton steps with msm's own analytic gradient (msm(..., fixedpars = TRUE)$deriv, center = FALSE) and numDeriv; se from the observed information, the Jacobian of that gradient.",
    "msm_optim: what msm itself reports. probability_se: delta method, numDeriv. stay: integral of P from day 0. Checked inside against qmatrix.msm, pmatrix.msm, sojourn.msm, totlos.msm.",
    "an empty state is alive, state unknown: rows dropped where `unknown` says so; not_active is low or remission. Cases but `followed and entered` use rows with seen = visit."),
  null_means = "no value",
  software = list(R = paste(R.version$major, R.version$minor, sep = "."), msm = as.character(packageVersion("msm")), numDeriv = as.character(packageVersion("numDeriv"))), tolerance_rel = 1e-6, expected = expected)
writeLines(toJSON(out, digits = NA, auto_unbox = TRUE, na = "null", null = "null", matrix = "rowmajor"), file.path(folder, "expected.json"))
