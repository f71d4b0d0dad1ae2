# Peers in R. Commands on standard input, one a line, one line of answer each:
#   data NAME PATH     read a table once                                     -> ready
#   time TASK TIMES    run a task so many times in a row                     -> took SECONDS PROCESSOR (both a call)
#                      where a package is not installed, or R stops          -> absent PACKAGE | failed MESSAGE
#   about              versions of R and of every package of the tasks here  -> about ...
# Reading and starting are never timed. A task is the peer's call as its manual shows it, with its summary.
tables <- list()
task <- function(package, data, work) list(package = package, data = data, work = work)
x_of <- function(d) as.matrix(d[grep("^x[0-9]", names(d))])
mmrm_fit <- function(d, ...) {
  m <- mmrm::mmrm(change ~ baseline * visit + stratum + arm * visit + us(visit | subject), data = d, ...)
  e <- emmeans::emmeans(m, ~ arm | visit)
  list(summary(e), summary(emmeans::contrast(e, "revpairwise"), infer = TRUE))
}
tasks <- list(
  survfit = task("survival", "single", function(d)
    survfit(Surv(time, event) ~ 1, data = d, conf.type = "log-log")),
  survfit_days = task("survival", "single_days", function(d)
    survfit(Surv(time, event) ~ 1, data = d, conf.type = "log-log")),
  survfit_hazard = task("survival", "single", function(d)
    survfit(Surv(time, event) ~ 1, data = d, stype = 2, ctype = 1, conf.type = "log")),
  survdiff = task("survival", "single", function(d) survdiff(Surv(time, event) ~ arm, data = d)),
  survfit_mean = task("survival", "single", function(d)
    summary(survfit(Surv(time, event) ~ arm, data = d), rmean = 300, times = 300)$table),
  coxph = task("survival", "cox", function(d) summary(coxph(Surv(time, event) ~ ., data = d))),
  coxph_days = task("survival", "cox_days", function(d) summary(coxph(Surv(time, event) ~ ., data = d))),
  coxph_entry = task("survival", "cox_entry", function(d) summary(coxph(Surv(entry, time, event) ~ ., data = d))),
  cuminc = task("cmprsk", "competing", function(d) cuminc(d$time, d$cause, d$arm)),
  cuminc_days = task("cmprsk", "competing_days", function(d) cuminc(d$time, d$cause, d$arm)),
  crr = task("cmprsk", "fine_gray_small", function(d) summary(crr(d$time, d$cause, x_of(d)))),
  states = task("survival", "states", function(d)
    survfit(Surv(start, stop, factor(to, 0:3)) ~ 1, data = d, id = subject, istate = factor(from, 1:3))),
  turnbull = task("survival", "intervals", function(d)
    survfit(Surv(left, ifelse(is.na(right), Inf, right), type = "interval2") ~ 1, data = d)),
  gls = task("nlme", "trial", function(d)
    summary(gls(change ~ baseline * visit + stratum + arm * visit, data = d, method = "REML",
                correlation = corSymm(form = ~ at | subject), weights = varIdent(form = ~ 1 | visit)))),
  mmrm_satterthwaite = task(c("mmrm", "emmeans"), "trial", function(d) mmrm_fit(d, method = "Satterthwaite")),
  mmrm_kenward_roger = task(c("mmrm", "emmeans"), "trial", function(d)
    mmrm_fit(d, method = "Kenward-Roger", vcov = "Kenward-Roger-Linear")),
  matchit = task("MatchIt", "cohort", function(d)
    matchit(treated ~ sledai_2k + egfr + upcr + prednisone_mg_day + age, d, method = "nearest", distance = "glm")),
  matchit_two = task("MatchIt", "cohort", function(d)
    matchit(treated ~ sledai_2k + egfr + upcr + prednisone_mg_day + age, d, method = "nearest", distance = "glm",
            ratio = 2)),
  reml = task("metafor", "studies", function(d) {
    m <- rma(measure = "PLO", xi = events, ni = n, data = d, method = "REML", test = "knha")
    predict(m, transf = transf.ilogit)
  }),
  glmm = task("metafor", "studies", function(d)
    predict(suppressWarnings(rma.glmm(measure = "PLO", xi = events, ni = n, data = d)), transf = transf.ilogit)),
  moderator = task("metafor", "studies", function(d)
    summary(rma(measure = "PLO", xi = events, ni = n, mods = ~ dose, data = d, method = "REML", test = "knha"))),
  mantel_haenszel = task("metafor", "two_arms", function(d)
    summary(rma.mh(measure = "RR", ai = events, n1i = n, ci = control_events, n2i = control_n, data = d))),
  glm_nb = task("MASS", "flares", function(d)
    summary(glm.nb(events ~ group + sledai_2k + offset(log(patient_years)), data = d))),
  mantelhaen = task("stats", "response", function(d) mantelhaen.test(d$outcome, d$arm, d$stratum)),
  wilcox = task("stats", "pairs", function(d) wilcox.test(d$before, d$after, paired = TRUE, exact = TRUE, conf.int = TRUE))
)

prepared <- function(name, d) {
  for (column in intersect(c("arm", "group", "stratum", "visit", "subject"), names(d))) d[[column]] <- factor(d[[column]])
  if (name == "trial") { d <- d[!is.na(d$change), ]; d$at <- as.integer(d$visit) }
  d
}
read_data <- function(name, path) {
  tables[[name]] <<- prepared(name, read.csv(path))
  "ready"
}
run <- function(name, times) {
  this <- tasks[[name]]
  for (package in this$package) {
    if (!requireNamespace(package, quietly = TRUE)) return(paste("absent", package))
    suppressPackageStartupMessages(library(package, character.only = TRUE))
  }
  d <- tables[[this$data]]
  tryCatch({
    spent <- system.time(for (i in seq_len(times)) this$work(d))
    paste("took", spent[["elapsed"]] / times, (spent[["user.self"]] + spent[["sys.self"]]) / times)
  }, error = function(e) paste("failed", gsub("[\r\n]+", " ", conditionMessage(e))))
}
about <- function() {
  named <- sort(setdiff(unique(unlist(lapply(tasks, function(t) t$package))), "stats"))
  here <- named[vapply(named, requireNamespace, TRUE, quietly = TRUE)]
  versions <- vapply(here, function(p) as.character(packageVersion(p)), "")
  paste0("about R ", getRversion(), " with ", paste(here, versions, collapse = ", "))
}

input <- file("stdin", "r")
while (length(line <- readLines(input, n = 1)) == 1) {
  words <- strsplit(line, " ", fixed = TRUE)[[1]]
  answer <- switch(words[1],
    data = read_data(words[2], words[3]), time = run(words[2], as.integer(words[3])), about = about())
  cat(answer, "\n", sep = "")
  flush(stdout())
}
