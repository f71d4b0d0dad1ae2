# Claims of hypotheses on a graph, each tested at looks: bounds of rpact at every local level, the graph redrawn in R.
# Statistics are made up: correlated walks with drift, seed 20261128.  Usage: Rscript sequential_graph.R OUTPUT_FOLDER
suppressPackageStartupMessages({library(rpact); library(jsonlite)}); options(digits = 15)
folder <- file.path(commandArgs(trailingOnly = TRUE)[1], "sequential_graph"); dir.create(folder, recursive = TRUE, showWarnings = FALSE)
RNGversion("4.0.0"); set.seed(20261128)
nominal <- function(h, level) if (length(h$t) == 1) level else getDesignGroupSequential(kMax = length(h$t), informationRates = h$t, alpha = level, sided = 1,
  typeOfDesign = h$type, gammaA = if (is.null(h$gamma)) NA_real_ else h$gamma, tolerance = 1e-10)$stageLevels
low <- 2e-6; high <- .499   # rpact takes levels between 1e-6 and 0.5: a sequential p outside is left out
sequential <- function(h, p) { found <- min(sapply(seq_along(p), function(k) { f <- function(u) log(nominal(h, exp(u))[k] / p[k])
  if (f(log(high)) < 0) 1 else if (f(log(low)) > 0) 0 else exp(uniroot(f, log(c(low, high)), tol = 1e-11)$root) })); if (found %in% 0:1) NA else found }
without <- function(w, g, i) { n <- length(w); v <- w; G <- g   # share of i to the others, edges around it
  for (j in setdiff(1:n, i)) { v[j] <- w[j] + w[i] * g[i, j]
    for (l in setdiff(1:n, c(i, j))) { loop <- g[j, i] * g[i, j]; G[j, l] <- if (loop < 1) (g[j, l] + g[j, i] * g[i, l]) / (1 - loop) else 0 } }
  v[i] <- 0; G[i, ] <- 0; G[, i] <- 0; list(w = v, g = G) }
claim <- function(plan, p, back) { w <- plan$w; g <- plan$g; n <- length(w); when <- rep(NA, n)
  for (a in 1:max(unlist(plan$at))) repeat { hit <- NULL
    for (i in which(is.na(when) & w > 1e-12)) { h <- plan$tests[[i]]; ks <- which(if (back) plan$at[[i]] <= a else plan$at[[i]] == a); b <- nominal(h, plan$alpha * w[i])
      if (any(p[[i]][ks] <= b[ks])) { hit <- i; break } }
    if (is.null(hit)) break
    when[hit] <- a; u <- without(w, g, hit); w <- u$w; g <- u$g }
  list(claimed_at = when, level_left = plan$alpha * w) }
of <- function(t) list(type = "asOF", t = t); po <- function(t) list(type = "asP", t = t); hsd <- function(t, g) list(type = "asHSD", t = t, gamma = g)
M <- function(...) matrix(c(...), byrow = TRUE, nrow = sqrt(length(c(...))))
plans <- list(
  two_doses = list(alpha = .025, w = c(.5, .5, 0, 0), g = M(0,.5,.5,0, .5,0,0,.5, 0,1,0,0, 1,0,0,0), at = list(1:3, 1:3, 1:3, 1:3), tests = list(of(1:3/3), of(1:3/3), po(1:3/3), po(1:3/3))),
  own_looks = list(alpha = .025, w = c(.8, .2, 0), g = M(0,.5,.5, 1,0,0, 0,1,0), at = list(1:2, 1:3, 2), tests = list(of(c(.6, 1)), hsd(c(.4, .7, 1), -4), of(1))),
  holm = list(alpha = .05, w = rep(1/3, 3), g = M(0,.5,.5, .5,0,.5, .5,.5,0), at = list(1:2, 1:2, 1:2), tests = list(po(c(.5, 1)), of(c(.5, 1)), hsd(c(.5, 1), 1))))
walk <- function(plan) { n <- length(plan$w); A <- max(unlist(plan$at)); common <- cumsum(rnorm(A)); lapply(1:n, function(i) { t <- plan$tests[[i]]$t; at <- plan$at[[i]]; own <- cumsum(rnorm(A))
  z <- (.6 * common[at] + .8 * own[at]) / sqrt(at) + sample(c(0, 2, 3), 1) * sqrt(t); signif(pnorm(-z), 6) }) }
made <- list(own_looks = list(c(.02, .003), c(.0009, .02, .2), .03), two_doses = list(c(.2, .01, .009), c(.3, .2, .1), c(.001, .03, .2), c(.4, .3, .2)))   # earlier looks stronger
cases <- unlist(lapply(names(plans), function(name) lapply(1:9, function(r) { plan <- plans[[name]]; p <- if (r < 9) walk(plan) else made[[name]]; if (is.null(p)) return(NULL)
  list(plan = name, p = p, current = claim(plan, p, FALSE), earlier = claim(plan, p, TRUE), sequential_p = mapply(sequential, plan$tests, p)) })), recursive = FALSE); cases <- Filter(Negate(is.null), cases)
write.csv(do.call(rbind, lapply(seq_along(cases), function(r) do.call(rbind, lapply(seq_along(cases[[r]]$p), function(i) data.frame(case = r, plan = cases[[r]]$plan, hypothesis = i, look = seq_along(cases[[r]]$p[[i]]), p = cases[[r]]$p[[i]]))))), file.path(folder, "input.csv"), row.names = FALSE, quote = FALSE)
out <- list(method = "sequential_graph", data_source = "simulated by tests/oracles/scripts/sequential_graph.R", inputs = list(case = "case", plan = "plan", hypothesis = "hypothesis", look = "look", p = "p"),
  notes = c("current: only the look of the analysis may claim; earlier: all looks so far.", "claimed_at: analysis of the trial, null where never."), null_means = "not claimed; no sequential p that rpact can find",
  software = list(R = paste(R.version$major, R.version$minor, sep = "."), rpact = as.character(packageVersion("rpact"))), tolerance_rel = 1e-5, expected = list(plans = plans, cases = cases))
writeLines(toJSON(out, digits = NA, auto_unbox = TRUE, na = "null"), file.path(folder, "expected.json"))
