# Kenward-Roger covariance, degrees of freedom and F tests of pbkrtest 0.5.2 under compound symmetry (lme4 1.1-31, R 4.2.2).
# Usage: Rscript kenward_roger.R OUTPUT_FOLDER   -> OUTPUT_FOLDER/kenward_roger_sim/{input.csv,expected.json}
suppressPackageStartupMessages({library(lme4); library(pbkrtest); library(jsonlite)})
options(digits = 15, contrasts = c("contr.treatment", "contr.poly"))
root <- commandArgs(trailingOnly = TRUE)[1]
folder <- file.path(root, "kenward_roger_sim")
dir.create(folder, recursive = TRUE, showWarnings = FALSE)

set.seed(4711)
one_trial <- function(name, n_cells, n_standard, visits, missing) {
  n <- n_cells + n_standard
  d <- data.frame(
    trial = name, subject = rep(sprintf("%s%02d", name, 1:n), each = visits), visit = rep(3 * (1:visits), n),
    arm = rep(rep(c("cells", "standard"), c(n_cells, n_standard)), each = visits),
    baseline = rep(round(rnorm(n, 12, 3)), each = visits)
  )
  mean <- -0.3 * (d$baseline - 12) - ifelse(d$arm == "cells", 0.5, 0.1) * d$visit
  d$change <- round(mean + rep(rnorm(n, 0, 2), each = visits) + rnorm(n * visits, 0, 2), 1)
  d$change[runif(n * visits) < missing] <- NA
  d
}
trials <- list(one_trial("complete", 6, 6, 3, 0), one_trial("gaps", 10, 6, 4, 0.3), one_trial("small", 5, 3, 3, 0.2))
write.csv(do.call(rbind, trials), file.path(folder, "input.csv"), row.names = FALSE, na = "")

tight <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-12, maxfun = 1e5), calc.derivs = FALSE)
results <- lapply(trials, function(d) {
  d <- d[!is.na(d$change), ]
  d$visit <- factor(d$visit)
  d$arm <- factor(d$arm, levels = c("standard", "cells"))
  fit <- lmer(change ~ baseline + arm * visit + (1 | subject), d, REML = TRUE, control = tight)
  adjusted <- vcovAdj(fit)
  names <- names(fixef(fit))
  visits <- levels(d$visit)
  contrast <- function(v) as.numeric(names == "armcells") + as.numeric(names == paste0("armcells:visit", v))
  each <- lapply(visits, function(v) {
    l <- contrast(v)
    list(visit = v, estimate = sum(l * fixef(fit)), se = sqrt(drop(l %*% adjusted %*% l)), df = Lb_ddf(l, vcov(fit), adjusted))
  })
  joint <- function(rows) {
    t <- KRmodcomp(fit, rows)$test["Ftest", ]
    list(f = t$stat, df = t$ndf, denominator_df = t$ddf, p = t$p.value)
  }
  vc <- as.data.frame(VarCorr(fit))$vcov
  list(
    trial = d$trial[1], reml_loglik = as.numeric(logLik(fit)), between = vc[1], within = vc[2], contrasts = each,
    any_visit = joint(do.call(rbind, lapply(visits, contrast))),
    by_visit = joint(diag(length(names))[grepl("armcells:", names), , drop = FALSE])
  )
})
expected <- setNames(results, sapply(results, `[[`, "trial"))
software <- list(R = paste(R.version$major, R.version$minor, sep = "."))
for (p in c("lme4", "pbkrtest")) software[[p]] <- as.character(packageVersion(p))
whole <- list(
  method = "mmrm, compound symmetry, Kenward-Roger", data_source = "simulated in scripts/kenward_roger.R",
  inputs = list(outcome = "change", subject = "subject", visit = "visit", arm = "arm", by = "trial"),
  notes = list(
    "A random intercept with a positive variance is compound symmetry.",
    "pbkrtest takes the expected information of the variances; with complete data it equals the observed one at the maximum.",
    "Contrasts are cells minus standard at each visit; any_visit tests them together, by_visit the interaction."
  ),
  software = software, tolerance_rel = 1e-5, expected = expected
)
writeLines(toJSON(whole, digits = NA, auto_unbox = TRUE, pretty = TRUE), file.path(folder, "expected.json"))
