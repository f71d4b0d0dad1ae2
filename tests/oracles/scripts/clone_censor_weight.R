# Clone, censor and weight after Hernan (BMJ 2018) and Maringe et al. (IJE 2020) with survSplit, glm and survfit, on a
# cohort simulated here. Usage: Rscript clone_censor_weight.R OUTPUT_FOLDER
# -> OUTPUT_FOLDER/clone_censor_weight_sim/{input.csv,expected.json}
suppressPackageStartupMessages({library(survival); library(jsonlite)})
options(digits = 15)
folder <- file.path(commandArgs(trailingOnly = TRUE)[1], "clone_censor_weight_sim")
dir.create(folder, recursive = TRUE, showWarnings = FALSE)
RNGversion("4.0.0"); set.seed(20261128)

# Subjects with a visit every 30 days; activity moves, leads to treatment and to events; whole days, so that many tie.
n <- 260; days <- seq(0, 360, 30); one <- list()
for (i in seq_len(n)) {
  class <- sample(c("III", "IV", "V"), 1); age <- round(rnorm(1, 34, 9)); activity <- round(rnorm(1, 11, 3))
  last <- sample(150:420, 1); start <- NA; event <- 0; cause <- ""; path <- activity
  if (runif(1) < plogis(-4.5 + .17 * activity)) start <- 0
  for (day in seq_len(last)) {
    if (day %% 30 == 0) { activity <- max(0, round(activity + rnorm(1, -.3 - .5 * (!is.na(start)), 1.5))); path <- c(path, activity) }
    if (is.na(start) && runif(1) < plogis(-8.6 + .28 * activity)) start <- day
    risk <- exp(-9.6 + .22 * activity - .5 * (!is.na(start)))
    if (runif(1) < risk) { event <- 1; cause <- sample(c("death", "relapse"), 1, prob = c(.35, .65)); last <- day; break }
  }
  if (!is.na(start) && start > last) start <- NA
  at <- (seq_along(path) - 1) * 30; keep <- at <= last
  one[[i]] <- data.frame(subject = i, day = at[keep], sledai_2k = path[keep], age = age, class = class,
                         treatment_start = start, time = last, event = event, cause = cause)
}
d <- do.call(rbind, one)
write.csv(d, file.path(folder, "input.csv"), row.names = FALSE, na = "", quote = FALSE)

ctl <- glm.control(epsilon = 1e-14, maxit = 100)
known <- function(id, at) { s <- split(d, d$subject); v <- mapply(function(i, t) { r <- s[[i]]; r$sledai_2k[max(which(r$day <= t))] }, id, at); as.numeric(v) }
horizon <- 330
analyze <- function(grace, width, degree, untreated, stand_in, varying, most = Inf) {
  b <- d[!duplicated(d$subject), ]; b$s <- ifelse(is.na(b$treatment_start), Inf, b$treatment_start)
  cuts <- sort(unique(c(seq(0, horizon, width), grace, horizon)))
  inner <- cuts[cuts > 0 & cuts < horizon]
  split_at <- function(x) { x$z <- x$status; x <- x[x$stop > 0, ]
    y <- survSplit(Surv(stop, status) ~ ., x, cut = inner, start = "entry", episode = "interval"); y }
  rhs <- ~ sledai_2k + age + class
  time_at <- function(id, entry) if (varying) known(id, entry) else b$sledai_2k[id]

  # Standard therapy: censored on the day treatment begins.
  until <- if (untreated == "never") Inf else grace
  dev <- ifelse(b$s <= b$time & b$s <= until, b$s, Inf)
  x <- transform(b, stop = pmin(time, dev, horizon), status = as.numeric(time < dev & time <= horizon & event == 1))
  ctrl <- split_at(x); ctrl <- ctrl[order(ctrl$subject, ctrl$entry), ]
  q <- split_at(transform(b, stop = pmin(time, dev, horizon), status = as.numeric(dev <= time & dev <= horizon)))
  q <- q[cuts[q$interval + 1] <= until, c("subject", "entry", "interval", "status")]
  zero <- data.frame(subject = b$subject, entry = 0, interval = 0, status = as.numeric(dev <= 0))
  if (any(dev <= 0)) q <- rbind(zero, q)
  q <- merge(q, b[, c("subject", "age", "class")]); q <- q[order(q$subject, q$interval), ]
  q$sledai_2k <- time_at(q$subject, q$entry); q$first <- as.numeric(q$interval == 0)
  f <- status ~ sledai_2k + age + class
  if (degree >= 1) f <- update(f, . ~ . + entry); if (degree >= 2) f <- update(f, . ~ . + I(entry^2))
  if (any(dev <= 0)) f <- update(f, . ~ . + first)
  m <- glm(f, binomial, q, control = ctl); q$stay <- 1 - fitted(m)
  ctrl$w <- mapply(function(i, k) prod(q$stay[q$subject == i & q$interval < k]), ctrl$subject, ctrl$interval); ctrl$w <- pmin(1 / ctrl$w, most)

  # Treatment within the grace period: censored where it ends without.
  late <- b$s > grace & b$time > grace
  x <- transform(b, stop = pmin(time, ifelse(late, grace, Inf), horizon), status = as.numeric((!late | time <= grace) & time <= horizon & event == 1))
  trt <- split_at(x); trt <- trt[order(trt$subject, trt$entry), ]
  opened <- max(c(cuts[cuts < grace], 0))
  r <- b[b$time > grace & (stand_in == "all_started" | b$s > opened), ]; r$late <- as.numeric(r$s > grace)
  if (stand_in == "last_interval") r$sledai_2k <- known(r$subject, rep(opened, nrow(r)))
  g <- glm(late ~ sledai_2k + age + class, binomial, r, control = ctl); r$stay <- 1 - fitted(g)
  trt$w <- 1; after <- trt$entry >= grace; hit <- match(trt$subject, r$subject); use <- after & !is.na(hit)
  trt$w[use] <- pmin(1 / r$stay[hit[use]], most)

  curve <- function(x) {
    s <- survfit(Surv(entry, stop, status) ~ 1, x, weights = w); at <- summary(s, times = c(30, 60, 90, 150, 240, 330), extend = TRUE)$surv
    inc <- lapply(c(death = "death", relapse = "relapse"), function(k) { e <- survfit(Surv(entry, stop, as.numeric(status == 1 & cause == k)) ~ 1, x, weights = w)
      before <- c(1, head(s$surv, -1)); sum((before * e$n.event / e$n.risk)[s$time <= horizon]) })
    list(free = at, mean = summary(s, rmean = horizon)$table[["rmean"]], incidence = inc, spans = nrow(x), events = sum(x$status), weight_sum = sum(x$w),
         weight_square = sum(x$w^2), weights_last = unname(x$w[x$stop == horizon])) }
  list(treated = curve(trt), control = curve(ctrl), coef_control = unname(coef(m)), coef_treated = unname(coef(g)))
}

# The same with every treatment day its own interval and Cox regression (Maringe), for comparison only; nobody on day 0.
cox_weighted <- function(grace) {
  b <- d[!duplicated(d$subject), ]; b$s <- ifelse(is.na(b$treatment_start), Inf, b$treatment_start); b <- b[b$s > 0, ]
  dev <- ifelse(b$s <= b$time, b$s, Inf)
  x <- transform(b, stop = pmin(time, dev, horizon), status = as.numeric(time < dev & time <= horizon & event == 1), moved = as.numeric(dev <= time & dev <= horizon))
  m <- coxph(Surv(stop, moved) ~ sledai_2k + age + class, x); h <- basehaz(m, centered = FALSE)
  x$moved <- NULL; y <- survSplit(Surv(stop, status) ~ ., x, cut = h$time, start = "entry")
  lp <- drop(model.matrix(~ sledai_2k + age + class, y)[, -1] %*% coef(m)); y$w <- exp(stepfun(h$time, c(0, h$hazard))(y$entry) * exp(lp))
  s <- survfit(Surv(entry, stop, status) ~ 1, y, weights = w); list(free = summary(s, times = c(90, 330))$surv, mean = summary(s, rmean = horizon)$table[["rmean"]])
}

expected <- list(
  baseline = analyze(90, 30, 1, "never", "all_started", FALSE),
  within_grace = analyze(90, 15, 2, "not_within_grace", "all_started", FALSE),
  varying = analyze(75, 30, 1, "never", "last_interval", TRUE),
  constant_in_time = analyze(120, 40, 0, "never", "last_interval", TRUE),
  cut_weights = analyze(90, 30, 1, "never", "all_started", FALSE, 2.5))
write_json(list(
  method = "clone_censor_weight", data_source = "simulated by tests/oracles/scripts/clone_censor_weight.R, seed 20261128",
  inputs = list(subject = "subject", day = "day", time = "time", event = "event", cause = "cause", treatment_start = "treatment_start"),
  horizon = horizon, times = c(30, 60, 90, 150, 240, 330),
  notes = c("grace, width, degree, untreated, stand_in, varying: baseline 90, 30, 1, never, all_started, no; within_grace 90, 15, 2, not_within_grace, all_started, no; varying 75, 30, 1, never, last_interval, yes; constant_in_time 120, 40, 0, never, last_interval, yes; cut_weights as baseline, at most 2.5.",
            "without `day` covariates are those of day 0. incidence: sums of survfit's event-free probability before a day times weighted cause-specific n.event / n.risk.",
            "cox: standard therapy weighted by Cox regression of censoring as Maringe et al., subjects not treated on day 0, for comparison."),
  software = list(R = paste(R.version$major, R.version$minor, sep = "."), survival = as.character(packageVersion("survival"))),
  tolerance_rel = 1e-7, expected = expected, cox = cox_weighted(90)),
  file.path(folder, "expected.json"), digits = I(15), auto_unbox = TRUE, na = "null")
