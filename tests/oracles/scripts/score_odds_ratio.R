# Score limits of an odds ratio from glm: the offsets at which Rao's test of the arm, times (N - 1)/N, is critical.
# Usage: Rscript score_odds_ratio.R OUTPUT_FOLDER   -> OUTPUT_FOLDER/score_odds_ratio/{input.csv,expected.json}
suppressPackageStartupMessages(library(jsonlite)); options(digits = 15)
folder <- file.path(commandArgs(trailingOnly = TRUE)[1], "score_odds_ratio"); dir.create(folder, recursive = TRUE, showWarnings = FALSE)
tables <- data.frame(x1 = c(9, 5, 2, 7, 56, 12, 1), n1 = c(12, 12, 12, 10, 70, 40, 15), x2 = c(5, 3, 3, 2, 48, 0, 14), n2 = c(6, 6, 6, 10, 80, 30, 15))
strict <- glm.control(epsilon = 1e-15, maxit = 200)
rao <- function(t, log_or) { d <- data.frame(y = c(t$x1, t$x2), f = c(t$n1 - t$x1, t$n2 - t$x2), arm = 1:0); d$o <- d$arm * log_or; n <- t$n1 + t$n2
  null <- glm(cbind(y, f) ~ 1 + offset(o), binomial, d, control = strict); e <- t$n1 * fitted(null)[1]; s <- unname(anova(null, suppressWarnings(glm(cbind(y, f) ~ arm + offset(o), binomial, d, control = strict)), test = "Rao")$Rao[2])
  sign(t$x1 - e) * sqrt(s * (n - 1) / n) }
one <- function(i) { t <- tables[i, ]; z <- qnorm(.975); f <- function(target) function(u) rao(t, u) - target; est <- log((t$x1 + .5) / (t$n1 - t$x1 + .5) * (t$n2 - t$x2 + .5) / (t$x2 + .5))
  list(lower = if (t$x1 == 0) 0 else exp(uniroot(f(z), c(est - 8, est + 1), tol = 1e-13)$root), upper = if (t$x2 == 0) NA else exp(uniroot(f(-z), c(est - 1, est + 8), tol = 1e-13)$root)) }
write.csv(tables, file.path(folder, "input.csv"), row.names = FALSE)
out <- list(method = "score_odds_ratio", data_source = "made-up counts; rows 1 and 2 are 9/12 v 5/6 and 5/12 v 3/6", inputs = list(x1 = "x1", n1 = "n1", x2 = "x2", n2 = "n2"), level = .95, notes = "z = signed root of Rao's statistic times (N - 1)/N; limits where z = +-1.96.",
  null_means = "infinite", software = list(R = paste(R.version$major, R.version$minor, sep = ".")), tolerance_rel = 1e-7, expected = lapply(seq_len(nrow(tables)), one))
writeLines(toJSON(out, digits = NA, auto_unbox = TRUE, na = "null"), file.path(folder, "expected.json"))
