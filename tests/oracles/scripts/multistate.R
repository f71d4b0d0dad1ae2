# Transition probabilities of survival::survfit on an illness-death history simulated here.
# Usage: Rscript multistate.R OUTPUT_FOLDER -> OUTPUT_FOLDER/multistate_sim/{input.csv,expected.json}
suppressPackageStartupMessages({library(survival); library(jsonlite)})
options(digits = 15)
folder <- file.path(commandArgs(trailingOnly = TRUE)[1], "multistate_sim")
dir.create(folder, recursive = TRUE, showWarnings = FALSE)
RNGversion("4.0.0"); set.seed(20261126)
states <- c("remission", "relapse", "dead")

# Remission <-> relapse, both -> dead; those who relapsed before relapse sooner again (not Markov). Days tie on a grid of 7.
history <- function(i) {
  start <- if (i > 80) 7 * sample(1:8, 1) else 0; cut <- start + 7 * sample(15:60, 1)
  state <- sample(states[1:2], 1, prob = c(.7, .3)); before <- 0; rows <- NULL
  repeat {
    stop <- start + 7 * (1 + floor(rexp(1, 1 / if (state == "remission") 18 / (1 + before) else 10)))
    end <- min(stop, cut); rows <- rbind(rows, data.frame(subject = sprintf("S%03d", i), start, stop = end, state))
    if (stop >= cut) return(rows)
    dies <- runif(1) < if (state == "relapse") .25 else .1
    before <- before + (state == "remission"); start <- stop
    if (dies) return(rbind(rows, data.frame(subject = sprintf("S%03d", i), start, stop = NA, state = "dead")))
    state <- setdiff(states[1:2], state)
  }
}
h <- do.call(rbind, lapply(1:110, history)); n <- nrow(h)
nexts <- c(ifelse(h$subject[-1] == h$subject[-n], h$state[-1], "censor"), "censor")
d <- data.frame(h, event = factor(nexts, c("censor", states)))[h$state != "dead", ]
d$istate <- factor(d$state, states)

from <- function(day, given, landmark) {
  e <- d[d$stop > day, ]; e$start <- pmax(e$start, day)
  if (landmark) { here <- e$subject[e$start == day & e$state == given]; e <- e[e$subject %in% here, ] }
  f <- survfit(Surv(start, stop, event) ~ 1, data = e, id = subject, istate = istate, p0 = as.numeric(states == given), influence = TRUE, se.fit = TRUE)
  k <- match(states, f$states); infl <- f$influence.pstate
  stopifnot(max(abs(sqrt(apply(infl^2, 2:3, sum))[-1, ] - f$std.err)) < 1e-12, all(abs(infl[, 1, ]) < 1e-14))
  knots <- c(day, f$time); until <- day + 150; width <- pmax(pmin(c(knots[-1], Inf), until) - knots, 0)
  p <- rbind(f$p0, f$pstate); own <- apply(infl, c(1, 3), function(u) sum(u * width))
  list(day = day, given = given, landmark = landmark, n = length(unique(e$subject)), time = f$time, pstate = unname(f$pstate[, k]), se = unname(f$std.err[, k]),
       until = until, days = I(unname(colSums(p * width)[k])), days_se = I(unname(sqrt(colSums(own^2))[k])))
}
expected <- do.call(c, lapply(c(0, 63, 100), function(day) do.call(c, lapply(states[1:2], function(g) list(from(day, g, FALSE), from(day, g, TRUE))))))
write.csv(h, file.path(folder, "input.csv"), row.names = FALSE, na = "", quote = FALSE)
out <- list(method = "multistate", data_source = "simulated by tests/oracles/scripts/multistate.R, seed 20261126", inputs = list(subject = "subject", start = "start", stop = "stop", state = "state"), states = states,
  notes = c("rows of a matrix are times, columns are `states`.", "survfit(Surv(start, stop, event), id, istate, p0 = all in `given`) on the rows that end after `day`, their start cut to it; landmark: only subjects in `given` on that day."),
  null_means = "not estimable, infinite or undefined in R",
  software = list(R = paste(R.version$major, R.version$minor, sep = "."), survival = as.character(packageVersion("survival"))), tolerance_rel = 1e-7, expected = expected)
writeLines(toJSON(out, digits = NA, auto_unbox = TRUE, na = "null", null = "null", matrix = "rowmajor"), file.path(folder, "expected.json"))
