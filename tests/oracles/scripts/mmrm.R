# Mixed models for repeated measures of R mmrm 0.3.16, emmeans 1.8.4-1 and nlme 3.1-162 (R 4.2.2), on a trial simulated here.
# Usage: Rscript mmrm.R OUTPUT_FOLDER   -> OUTPUT_FOLDER/mmrm_lupus_sim_n40/{input.csv,expected.json}
suppressPackageStartupMessages({library(jsonlite)})
options(digits = 15, warn = 1, stringsAsFactors = FALSE)
ROOT <- commandArgs(trailingOnly = TRUE)[1]
new_case <- function(id) { d <- file.path(ROOT, id); dir.create(d, recursive = TRUE, showWarnings = FALSE); d }
put_csv  <- function(df, d, name = "input.csv") write.csv(df, file.path(d, name), row.names = FALSE, na = "")
pkgv <- function(p) setNames(lapply(p, function(x) as.character(packageVersion(x))), p)
put_json <- function(d, method, source, roles, expected, pkgs, notes = NULL, params = NULL, tol = NULL) {
  obj <- list(method = method, data_source = source, inputs = roles, params = params, notes = notes,
              null_means = "not estimable, infinite or undefined in R",
              software = c(list(R = paste(R.version$major, R.version$minor, sep = ".")), pkgv(pkgs)),
              tolerance_rel = if (is.null(tol)) 1e-7 else tol, expected = expected)
  writeLines(toJSON(obj, digits = NA, auto_unbox = TRUE, na = "null", null = "null", pretty = TRUE, force = TRUE), file.path(d, "expected.json"))
  cat("wrote", d, "\n")
}

sim_mmrm <- function(seed, n1, n0, visits, drop = .08, sd_e = 4) { set.seed(seed); n <- n1 + n0; arm <- rep(c("CART", "SOC"), c(n1, n0)); bl <- round(pmax(6, rnorm(n, 14, 4))); strat <- sample(c("LN", "nonLN"), n, TRUE, c(.6, .4)); T <- length(visits)
  R <- .75^abs(outer(1:T, 1:T, "-")); S <- diag(seq(.8, 1.25, length.out = T)) %*% R %*% diag(seq(.8, 1.25, length.out = T)) * sd_e^2; L <- t(chol(S)); out <- list()
  for (i in 1:n) { e <- drop(L %*% rnorm(T)); eff <- if (arm[i] == "CART") -seq(4, 8, length.out = T) else -seq(1, 2.5, length.out = T); y <- round(eff - .35 * (bl[i] - 14) + e, 1); lost <- FALSE; for (t in 1:T) { if (!lost && t > 1 && !is.na(y[t - 1]) && runif(1) < drop * (1 + (y[t - 1] > -1))) lost <- TRUE; if (lost) y[t] <- NA else if (runif(1) < .03) y[t] <- NA }
    out[[i]] <- data.frame(USUBJID = sprintf("S%03d", i), ARM = arm[i], STRATUM = strat[i], BASE = bl[i], AVISIT = visits, CHG = y) }; do.call(rbind, out) }

best_mmrm <- function(fm, data, ...) { library(mmrm); opts <- list(); best <- NULL; lls <- c()
  for (o in c("L-BFGS-B", "BFGS", "CG", "nlminb")) { f <- tryCatch(suppressWarnings(mmrm(fm, data = data, optimizer = o, ...)), error = function(e) NULL)
    if (!is.null(f)) { ll <- as.numeric(logLik(f)); lls[o] <- ll; if (is.null(best) || ll > as.numeric(logLik(best)) + 1e-9) best <- f } }
  attr(best, "lls") <- lls; best }
emm_pack <- function(f, trt, visit, weights = "equal", ref = 1) { library(emmeans); em <- emmeans(f, as.formula(paste("~", trt, "|", visit)), weights = weights); s <- as.data.frame(summary(em, infer = c(TRUE, FALSE)))
  ct <- as.data.frame(summary(contrast(em, "trt.vs.ctrl", ref = ref), infer = c(TRUE, TRUE), adjust = "none")); nm <- function(x) { names(x) <- sub("emmean|estimate", "estimate", names(x)); names(x) <- sub("SE", "se", names(x)); names(x) <- sub("lower.CL|asymp.LCL", "lower", names(x)); names(x) <- sub("upper.CL|asymp.UCL", "upper", names(x)); x }
  list(weights = weights, lsmeans = nm(s), contrasts_vs_reference = nm(ct)) }
coef_pack <- function(f) { m <- as.data.frame(summary(f)$coefficients); names(m) <- c("estimate", "se", "df", "t", "p"); lapply(split(m, factor(rownames(m), levels = rownames(m))), as.list) }
case_mmrm <- function(id, source, df, y, id_col, visit, trt, fixed, structures = c("us", "toeph", "ar1h", "csh", "cs", "ar1", "toep", "adh"), do_gls = TRUE, overall = NULL, extra = TRUE) {
  library(mmrm); library(emmeans); d <- new_case(id); emm_options(rg.limit = 1e5)
  cols <- unique(c(id_col, visit, trt, y, all.vars(as.formula(paste("~", fixed))))); df <- df[, cols]; put_csv(df, d)
  fac <- setdiff(cols, y); for (cc in fac) if (!is.numeric(df[[cc]])) df[[cc]] <- factor(df[[cc]], levels = if (is.factor(df[[cc]])) levels(df[[cc]]) else sort(unique(as.character(df[[cc]]))))
  df[[visit]] <- factor(df[[visit]]); df[[id_col]] <- factor(df[[id_col]]); fml <- function(st) as.formula(sprintf("%s ~ %s + %s(%s | %s)", y, fixed, st, visit, id_col)); ex <- list()
  levs <- lapply(df[sapply(df, is.factor)], levels); levs[[id_col]] <- NULL; ex$factor_levels <- levs
  for (m in list(c("Satterthwaite", "Asymptotic"), c("Kenward-Roger", "Kenward-Roger"), c("Kenward-Roger", "Kenward-Roger-Linear"), c("Satterthwaite", "Empirical"), c("Satterthwaite", "Empirical-Jackknife"), c("Satterthwaite", "Empirical-Bias-Reduced"), c("Residual", "Asymptotic"), c("Between-Within", "Asymptotic"))) {
    if (!extra && m[2] %in% c("Empirical-Jackknife", "Empirical-Bias-Reduced")) next
    f <- best_mmrm(fml("us"), df, method = m[1], vcov = m[2]); nmx <- paste0("us_", m[1], if (m[2] != "Asymptotic" && m[2] != m[1]) paste0("_", m[2]) else "")
    o <- list(df_method = m[1], vcov = m[2], coefficients = coef_pack(f), emmeans_equal = emm_pack(f, trt, visit)); if (m[2] %in% c("Asymptotic", "Kenward-Roger", "Kenward-Roger-Linear") && m[1] != "Residual") o$emmeans_proportional <- emm_pack(f, trt, visit, "proportional")
    if (nmx == "us_Satterthwaite") { o$reml_loglik <- as.numeric(logLik(f)); o$loglik_by_optimizer <- as.list(attr(f, "lls")); o$aic <- AIC(f); o$bic <- BIC(f); o$covariance <- unname(as.matrix(VarCorr(f))); o$n_obs <- component(f, "n_obs"); o$n_subjects <- component(f, "n_subjects")
      ml <- best_mmrm(fml("us"), df, method = "Satterthwaite", reml = FALSE); ex$us_ML <- list(loglik = as.numeric(logLik(ml)), coefficients = coef_pack(ml), covariance = unname(as.matrix(VarCorr(ml)))) }
    if (!is.null(overall) && m[2] %in% c("Asymptotic", "Kenward-Roger", "Kenward-Roger-Linear") && m[1] %in% c("Satterthwaite", "Kenward-Roger")) { nmc <- names(coef(f)); k <- grep(overall, nmc); L <- matrix(0, length(k), length(nmc)); L[cbind(seq_along(k), k)] <- 1; td <- df_md(f, L); o$joint_f_test <- c(list(terms_matching = overall, coefficients = nmc[k]), td) }
    ex[[nmx]] <- o }
  ex$structures <- list(); for (st in structures) { f <- tryCatch(best_mmrm(fml(st), df, method = "Satterthwaite"), error = function(e) NULL); if (is.null(f)) next
    e <- emm_pack(f, trt, visit)$contrasts_vs_reference; ex$structures[[st]] <- list(reml_loglik = as.numeric(logLik(f)), aic = AIC(f), bic = BIC(f), n_cov_par = length(component(f, "theta_est")), covariance = unname(as.matrix(VarCorr(f))), contrasts_satterthwaite = e) }
  if (do_gls) { library(nlme); dd <- df[complete.cases(df), ]; dd$.v <- as.integer(dd[[visit]]); dd <- dd[order(dd[[id_col]], dd$.v), ]
    g <- tryCatch(gls(as.formula(paste(y, "~", fixed)), data = dd, correlation = corSymm(form = as.formula(paste("~ .v |", id_col))), weights = varIdent(form = as.formula(paste("~ 1 |", visit))), method = "REML", control = glsControl(maxIter = 500, msMaxIter = 500, tolerance = 1e-10, msTol = 1e-10, opt = "nlminb", returnObject = TRUE)), error = function(e) { message("gls: ", conditionMessage(e)); NULL })
    if (!is.null(g)) { tt <- summary(g)$tTable; ex$nlme_gls <- list(reml_loglik = as.numeric(logLik(g)), sigma = g$sigma, coefficients = lapply(split(as.data.frame(tt), factor(rownames(tt), levels = rownames(tt))), function(r) as.list(setNames(unlist(r), c("estimate", "se", "t", "p")))), note = "gls p-values use N-p degrees of freedom; use only estimates and SE") } }
  put_json(d, "mmrm", source, list(response = y, subject = id_col, visit = visit, arm = trt, fixed_formula = fixed), ex, c("mmrm", "nlme", "emmeans", "TMB"), tol = 1e-4,
    notes = c("treatment contrasts (dummy coding), first level is reference; factor_levels gives the order.", "rows with a missing response or covariate are dropped; the LS-means grid uses the covariate mean over the rows used, and equal or proportional weights over the other factors (emmeans).",
      "Kenward-Roger = full KR with second derivatives in mmrm's own (Cholesky) parameterisation; Kenward-Roger-Linear drops the second-derivative term and is what SAS DDFM=KR gives for UN (SAS uses the linear parameterisation, so the term is 0).",
      "optimizers stop at about 1e-6..1e-5 relative for coefficients: compare at 1e-4 (df at 1e-2). reml_loglik must be >= the given value minus 1e-5.", "BIC uses log(number of subjects)."))
}
s <- sim_mmrm(101, 24, 16, c("M01", "M03", "M06", "M09", "M12")); s$ARM <- factor(s$ARM, levels = c("SOC", "CART"))
case_mmrm("mmrm_lupus_sim_n40", "sim_mmrm(101, 24, 16) of scripts/mmrm.R", s, "CHG", "USUBJID", "AVISIT", "ARM", "BASE + STRATUM + ARM * AVISIT", overall = "^ARMCART:AVISIT")
