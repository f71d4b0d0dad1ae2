# Mahalanobis distances and nearest pairs (MatchIt, no caliper), greedy pairs by a plain loop over stats::mahalanobis
# distances where MatchIt is not to be trusted (caliper), and smallest totals (lpSolve: lp.assign), on a cohort
# simulated here. Usage: Rscript mahalanobis.R OUTPUT_FOLDER -> OUTPUT_FOLDER/mahalanobis_sim/{input.csv,expected.json}
suppressPackageStartupMessages({library(MatchIt); library(lpSolve); library(jsonlite)})
options(digits = 15)
folder <- file.path(commandArgs(trailingOnly = TRUE)[1], "mahalanobis_sim")
dir.create(folder, recursive = TRUE, showWarnings = FALSE)
RNGversion("4.0.0"); set.seed(20261127)

n <- 150
d <- data.frame(age = round(rnorm(n, 36, 11), 1), sledai_2k = rpois(n, 10), upcr = round(rgamma(n, 2, 1 / .8), 2),
                race = sample(c("asian", "black", "white"), n, TRUE), center = sample(c("east", "north"), n, TRUE))
d$treated <- rbinom(n, 1, plogis(-2.6 + .14 * d$sledai_2k + .2 * d$upcr + .5 * (d$center == "north")))
d$propensity_score <- round(fitted(glm(treated ~ age + sledai_2k + upcr + race, binomial, d)), 6)
write.csv(d, file.path(folder, "input.csv"), row.names = FALSE)

f <- treated ~ age + sledai_2k + upcr + race
rows <- split(seq_len(n), d$treated); t1 <- rows[["1"]]; t0 <- rows[["0"]]
theirs <- mahalanobis_dist(f, d)
X <- model.matrix(~ age + sledai_2k + upcr + race, d)[, -1]
inside <- Reduce(`+`, lapply(rows, function(r) (length(r) - 1) * cov(X[r, ]))) / (n - 2)
D <- sqrt(t(sapply(t1, function(i) mahalanobis(X[t0, ], X[i, ], inside))))
stopifnot(max(abs(D - theirs)) < 1e-12)

pairs_of <- function(m) { k <- m$match.matrix; p <- data.frame(treated = rep(as.integer(rownames(k)), ncol(k)), control = as.integer(k))
  p <- p[!is.na(p$control), ]; unname(as.matrix(p[order(p$treated, p$control), ])) }
nearest <- function(...) pairs_of(suppressWarnings(matchit(f, d, distance = "mahalanobis", ...)))
# Within 0.2 standard deviations of the logit of the score, the treated in the order of the data or hardest first.
logit <- qlogis(d$propensity_score); wide <- .2 * sd(logit)
far <- abs(outer(logit[t1], logit[t0], "-")) > wide
greedy <- function(turn) { free <- rep(TRUE, length(t0)); out <- NULL
  for (i in turn) { may <- which(free & !far[i, ]); if (!length(may)) next
    j <- may[which.min(D[i, may])]; free[j] <- FALSE; out <- rbind(out, c(t1[i], t0[j])) }
  unname(out[order(out[, 1]), ]) }
total <- function(p) sum(D[cbind(match(p[, 1], t1), match(p[, 2], t0))])

# Smallest total: an assignment on a square of costs; a place that stands for no subject costs nothing.
smallest <- function(cost, forbidden = cost > Inf, big = 1e4) {
  cost[forbidden] <- big; side <- max(dim(cost)); square <- matrix(0, side, side); square[seq_len(nrow(cost)), seq_len(ncol(cost))] <- cost
  s <- lp.assign(square)$solution[seq_len(nrow(cost)), seq_len(ncol(cost))] > .5
  used <- s & !forbidden; list(pairs = sum(used), total = sum(cost[used])) }
by_center <- lapply(split(seq_len(n), d$center), function(r) smallest(D[t1 %in% r, t0 %in% r]))

# What MatchIt makes of a caliper that only one pair keeps (4.5.1: it is not kept).
tiny <- data.frame(treated = c(1, 1, 0, 0, 0), score = c(.5, .7, .52, .95, .1))
bad <- pairs_of(matchit(treated ~ score, tiny, distance = tiny$score, caliper = .05, std.caliper = FALSE))

write_json(list(
  method = "mahalanobis", data_source = "simulated by tests/oracles/scripts/mahalanobis.R, seed 20261127",
  inputs = list(treatment = "treated", covariates = c("age", "sledai_2k", "upcr", "race"), score = "propensity_score", exact = "center"),
  notes = c("rows are numbered from 1; pairs are (treated, control).", "distances: all controls of the first three treated, within-arm pooled covariance; MatchIt::mahalanobis_dist and stats::mahalanobis agree.",
            "nearest_*: matchit(method = nearest, distance = mahalanobis), no caliper. caliper_*: a plain loop in the script, for MatchIt 4.5.1 does not keep calipers (matchit_tiny).",
            "optimal_*: lp.assign; with the caliper as many pairs as possible, then the smallest total."),
  software = list(R = as.character(getRversion()), MatchIt = as.character(packageVersion("MatchIt")), lpSolve = as.character(packageVersion("lpSolve"))),
  tolerance_rel = 1e-7,
  expected = list(
    distances = unname(D[1:3, ]),
    nearest_1 = nearest(m.order = "data"), nearest_2 = nearest(m.order = "data", ratio = 2), nearest_replace = nearest(replace = TRUE, ratio = 2),
    nearest_exact = nearest(m.order = "data", exact = ~center),
    caliper_data = greedy(seq_along(t1)), caliper_largest = greedy(order(-d$propensity_score[t1])), caliper_total = total(greedy(seq_along(t1))),
    optimal = smallest(D), optimal_2 = smallest(rbind(D, D)), optimal_exact = list(pairs = sum(sapply(by_center, `[[`, "pairs")), total = sum(sapply(by_center, `[[`, "total"))),
    optimal_caliper = smallest(D, far), optimal_score = smallest(abs(outer(logit[t1], logit[t0], "-")), far),
    matchit_tiny = bad)
), file.path(folder, "expected.json"), digits = I(15), auto_unbox = TRUE, na = "null", matrix = "rowmajor")
