# State occupation probabilities (Aalen-Johansen) of survival::survfit on histories simulated here.
# Usage: Rscript state_occupancy.R OUTPUT_FOLDER   -> OUTPUT_FOLDER/state_occupancy_sim/{input.csv,expected.json}
suppressPackageStartupMessages({library(survival); library(jsonlite)})
options(digits = 15)
folder <- file.path(commandArgs(trailingOnly = TRUE)[1], "state_occupancy_sim")
dir.create(folder, recursive = TRUE, showWarnings = FALSE)
RNGversion("4.0.0"); set.seed(20261122)

states <- c("active", "le_4", "quiescent", "dead")
mean_days <- c(active = 60, le_4 = 90, quiescent = 140)                     # mean stay
leave_to <- list(active = c(le_4 = .80, quiescent = .10, dead = .10), le_4 = c(active = .50, quiescent = .45, dead = .05),
                 quiescent = c(active = .30, le_4 = .65, dead = .05))

# One history from `entry` on: stays end on multiples of `grid` days, so that transitions tie; censored at `cut`.
history <- function(subject, entry, state, cut, grid) {
  rows <- NULL; start <- entry
  while (TRUE) {
    stop <- (floor((start + rexp(1, 1 / mean_days[[state]])) / grid) + 1) * grid
    last <- stop >= cut
    rows <- rbind(rows, data.frame(subject, start, stop = if (last) cut else stop, state))
    if (last) return(rows)
    state <- sample(names(leave_to[[state]]), 1, prob = leave_to[[state]]); start <- stop
    if (state == "dead") return(rbind(rows, data.frame(subject, start, stop = NA, state)))
  }
}
first_state <- function() sample(states[1:3], 1, prob = c(.7, .2, .1))

full <- do.call(rbind, lapply(1:120, function(i) history(sprintf("S%03d", i), 0, first_state(), sample(150:400, 1), 7)))

# Second case: 40 subjects enter after the first transition, every third history has an unobserved spell.
late <- lapply(1:40, function(i) { e <- sample(15:120, 1); history(sprintf("L%03d", i), e, first_state(), e + sample(60:250, 1), 7) })
early <- lapply(1:80, function(i) history(sprintf("E%03d", i), 0, first_state(), sample(60:400, 1), 7))
gap <- function(h, explicit) {
  at <- which(!is.na(h$stop) & h$stop - h$start > 20)
  if (!length(at)) return(h)
  r <- h[at[1], ]; cuts <- r$start + c(8, 8 + sample(4:11, 1))              # observed, unknown, observed again
  parts <- rbind(transform(r, stop = cuts[1]), if (explicit) transform(r, start = cuts[1], stop = cuts[2], state = NA), transform(r, start = cuts[2]))
  rbind(h[seq_len(at[1] - 1), ], parts, h[-seq_len(at[1]), ])
}
split_row <- function(h) {                                                   # the same state on two adjoining rows
  r <- h[1, ]; m <- r$start + 9
  if (is.na(r$stop) || r$stop <= m) h else rbind(transform(r, stop = m), transform(r, start = m), h[-1, ])
}
mixed <- c(early, late)
for (i in seq_along(mixed)) { if (i %% 3 == 0) mixed[[i]] <- gap(mixed[[i]], i %% 2 == 0) else if (i %% 5 == 0) mixed[[i]] <- split_row(mixed[[i]]) }
# A subject observed as active, lost, and found again as quiescent.
mixed <- do.call(rbind, c(mixed, list(data.frame(subject = "J001", start = c(0, 60), stop = c(30, 200), state = c("active", "quiescent")))))

cases <- list(from_start = full, delayed_and_gaps = mixed)

# The influence is the derivative of the curve by the subject's weight: check it against differences of survfit.
check_influence <- function(d, infl, eps = 1e-4) {
  at <- function(s, e) { d$w <- ifelse(d$subject == s, 1 + e, 1); survfit(Surv(start, stop, event) ~ 1, data = d, id = spell, istate = istate, weights = w, se.fit = FALSE)$pstate }
  subjects <- sort(unique(d$subject))
  for (i in c(1, 30, 60, length(subjects))) stopifnot(max(abs((at(subjects[i], eps) - at(subjects[i], -eps)) / (2 * eps) - infl[i, -1, ])) < 1e-7)
}

estimate <- function(h) {
  h <- h[!is.na(h$state), ]; h <- h[order(h$subject, h$start), ]; n <- nrow(h)
  joined <- c(h$subject[-1] == h$subject[-n] & h$start[-1] == h$stop[-n], FALSE); joined[is.na(joined)] <- FALSE
  event <- ifelse(joined, c(h$state[-1], NA), "censor")
  event[joined & event == h$state] <- "censor"
  spell <- cumsum(c(TRUE, !joined[-n]))
  d <- data.frame(h, event = factor(event, c("censor", states)), spell)[h$state != "dead", ]
  d$istate <- factor(d$state, states)
  first <- min(d$stop[d$event != "censor"])                                  # survfit takes p0 from those at risk here
  stopifnot(all(d$start[d$start > 0 & !duplicated(d$subject)] >= first), all(d$stop[d$start == 0] >= first))
  fit <- function(ct) survfit(Surv(start, stop, event) ~ 1, data = d, id = spell, istate = istate, influence = TRUE, conf.type = ct)
  f <- fit("log"); k <- match(states, f$states); m <- function(x) unname(x[, k])
  # survfit 3.5-3 ignores `cluster` where `id` is given: sum its influence over the spells of a subject here.
  owner <- d$subject[match(sort(unique(d$spell)), d$spell)]; infl <- f$influence.pstate
  stopifnot(dim(infl) == c(length(owner), length(f$time) + 1, length(f$states)))
  infl <- array(rowsum(matrix(infl, nrow = length(owner)), owner), c(length(unique(owner)), dim(infl)[-1]))
  std_err <- sqrt(apply(infl^2, 2:3, sum))[, k]
  check_influence(d, infl)
  single <- !anyDuplicated(owner)                                            # no gaps: survfit's own standard errors and limits
  if (single) stopifnot(max(abs(f$std.err[, k] - std_err[-1, ])) < 1e-14)
  limits <- if (single) lapply(c(log = "log", plain = "plain", `log-log` = "log-log"), function(ct) { g <- fit(ct); list(lower = m(g$lower), upper = m(g$upper)) })
  # Mean time in state: the integral of the curve, and of each subject's influence on it.
  t0 <- min(d$start); knots <- c(t0, f$time); p <- rbind(f$p0, f$pstate)
  days <- lapply(c(100, 180.5, 365), function(until) {
    width <- pmax(pmin(c(knots[-1], Inf), until) - knots, 0)
    own <- apply(infl, c(1, 3), function(u) sum(u * width))
    list(until = until, days = I(unname(colSums(p * width)[k])), se = I(sqrt(colSums(own^2))[k]))
  })
  marks <- c(30, 90, 182, 365); s <- summary(f, times = marks, extend = TRUE)
  list(n_subjects = length(unique(h$subject)), rows_transitions = sum(joined & event != "censor"), time = f$time, n_risk = m(f$n.risk), p0 = unname(f$p0[k]), se0 = std_err[1, ],
       pstate = m(f$pstate), std_err = std_err[-1, ], ci = limits, landmark = list(times = marks, pstate = m(s$pstate), std_err = std_err[1 + findInterval(marks, f$time), ]), time_in_state = days)
}
expected <- lapply(cases, estimate)

input <- do.call(rbind, lapply(names(cases), function(name) data.frame(case = name, cases[[name]])))
write.csv(input, file.path(folder, "input.csv"), row.names = FALSE, na = "", quote = FALSE)
out <- list(method = "state_occupancy", data_source = "simulated by tests/oracles/scripts/state_occupancy.R, seed 20261122",
  inputs = list(case = "case", subject = "subject", start = "start", stop = "stop", state = "state"), states = states,
  notes = c("rows of a matrix are times, columns are `states`.", "input: a row per stay; empty state = not observed; empty stop = stays there for good.",
    "survfit(Surv(start, stop, event), id = spell, istate = state, influence = TRUE); a spell is a run of adjoining rows.",
    "std_err = infinitesimal jackknife over subjects: survfit's influence summed over a subject's spells (it ignores `cluster` beside `id`), squared and summed. ci: survfit's, where no subject has two spells.", "n_risk of the absorbing state is 0 in survfit.",
    "time_in_state: integral of pstate from day 0; its se from the integral of influence.pstate."),
  null_means = "not estimable, infinite or undefined in R",
  software = list(R = paste(R.version$major, R.version$minor, sep = "."), survival = as.character(packageVersion("survival"))),
  tolerance_rel = 1e-7, expected = expected)
writeLines(toJSON(out, digits = NA, auto_unbox = TRUE, na = "null", null = "null", matrix = "rowmajor"), file.path(folder, "expected.json"))
