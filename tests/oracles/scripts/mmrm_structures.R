# Covariances of repeated measures by gls of nlme 3.1-162, and ante-dependence by a regression a visit (R 4.2.2).
# Usage: Rscript mmrm_structures.R OUTPUT_FOLDER   -> OUTPUT_FOLDER/mmrm_structures_sim/{input.csv,expected.json}
suppressPackageStartupMessages({library(nlme); library(jsonlite)})
options(digits = 15, contrasts = c("contr.treatment", "contr.poly"))
root <- commandArgs(trailingOnly = TRUE)[1]
folder <- file.path(root, "mmrm_structures_sim")
dir.create(folder, recursive = TRUE, showWarnings = FALSE)

set.seed(815)
n <- 50; visits <- 4
sd <- c(2, 2.4, 3, 3.2)
sigma <- outer(sd, sd) * matrix(c(1, .6, .45, .4, .6, 1, .65, .4, .45, .65, 1, .7, .4, .4, .7, 1), 4)
d <- data.frame(
  subject = rep(sprintf("P%02d", 1:n), each = visits), visit = rep(1:visits, n),
  arm = rep(ifelse(1:n %% 5 < 3, "cells", "standard"), each = visits), baseline = rep(round(rnorm(n, 12, 3)), each = visits)
)
noise <- as.vector(apply(matrix(rnorm(n * visits), n) %*% chol(sigma), 1, identity))
d$change <- round(-0.2 * (d$baseline - 12) - ifelse(d$arm == "cells", 1.2, 0.4) * d$visit + noise, 1)
d$gaps <- d$change
d$gaps[runif(n * visits) < 0.25] <- NA
left <- rep(sample(2:9, n, replace = TRUE), each = visits)      # dropout only, for the regressions
d$dropout <- d$change
d$dropout[d$visit > left] <- NA
write.csv(d[, c("subject", "visit", "arm", "baseline", "gaps", "dropout")], file.path(folder, "input.csv"), row.names = FALSE, na = "")

used <- d[!is.na(d$gaps), ]
used$v <- factor(used$visit)
used$arm <- factor(used$arm, levels = c("standard", "cells"))
correlations <- list(
  unstructured = function() corSymm(form = ~ visit | subject), toeplitz = function() corARMA(form = ~ visit | subject, p = visits - 1),
  compound_symmetry = function() corCompSymm(form = ~ visit | subject), autoregressive = function() corAR1(form = ~ visit | subject)
)
models <- list(
  unstructured = c("unstructured", TRUE), heterogeneous_toeplitz = c("toeplitz", TRUE), toeplitz = c("toeplitz", FALSE),
  heterogeneous_autoregressive = c("autoregressive", TRUE), autoregressive = c("autoregressive", FALSE),
  heterogeneous_compound_symmetry = c("compound_symmetry", TRUE), compound_symmetry = c("compound_symmetry", FALSE)
)
fit_one <- function(model, method) {
  fits <- lapply(c("nlminb", "optim"), function(by) tryCatch(suppressWarnings(gls(
    gaps ~ baseline + arm * v, used, correlation = correlations[[model[1]]](),
    weights = if (as.logical(model[2])) varIdent(form = ~ 1 | v), method = method,
    control = glsControl(maxIter = 500, msMaxIter = 2000, tolerance = 1e-12, msTol = 1e-13, opt = by)
  )), error = function(e) NULL))
  fits <- Filter(Negate(is.null), fits)
  fit <- fits[[which.max(sapply(fits, logLik))]]
  se <- sqrt(diag(vcov(fit)))
  if (method == "ML") se <- se * sqrt((fit$dims$N - fit$dims$p) / fit$dims$N)   # summary.gls enlarges them under ML
  list(loglik = as.numeric(logLik(fit)), estimate = as.list(coef(fit)), se = as.list(se))
}
expected <- list()
for (method in c("REML", "ML")) expected[[tolower(method)]] <- lapply(models, fit_one, method = method)

# Ante-dependence of first order: given the visit before, a visit does not depend on earlier ones. With a mean for every
# arm and visit and dropout only, the likelihood is that of one regression a visit.
wide <- reshape(d[, c("subject", "visit", "arm", "dropout")], idvar = c("subject", "arm"), timevar = "visit", direction = "wide")
steps <- lapply(1:visits, function(v) {
  right <- if (v == 1) "arm" else paste("arm + dropout", v - 1, sep = if (v > 1) "." else "")
  as.numeric(logLik(lm(as.formula(sprintf("dropout.%d ~ %s", v, right)), wide)))
})
expected$ante_dependence_ml <- list(loglik = sum(unlist(steps)), parts = steps)

software <- list(R = paste(R.version$major, R.version$minor, sep = "."), nlme = as.character(packageVersion("nlme")))
whole <- list(
  method = "mmrm, covariance structures", data_source = "simulated in scripts/mmrm_structures.R",
  inputs = list(subject = "subject", visit = "visit", arm = "arm", covariate = "baseline", with_gaps = "gaps", with_dropout = "dropout"),
  notes = list(
    "reml and ml: outcome gaps ~ baseline + arm * visit; autoregression of order 3 of four visits is any Toeplitz correlation.",
    "gls multiplies standard errors under ML by sqrt(N / (N - p)); here that is undone.",
    "gls stops early: compare estimates and standard errors at 1e-4, likelihoods as no worse.",
    "ante_dependence_ml: outcome dropout ~ arm * visit; sums of logLik of lm, exact."
  ),
  software = software, tolerance_rel = 1e-4, expected = expected
)
writeLines(toJSON(whole, digits = NA, auto_unbox = TRUE, pretty = TRUE), file.path(folder, "expected.json"))
