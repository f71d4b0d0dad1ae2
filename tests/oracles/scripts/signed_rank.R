# Exact signed-rank tests with ties and zeros: exactRankTests (zeros dropped), coin (Pratt); limits without ties: wilcox.test.
# Usage: Rscript signed_rank.R OUTPUT_FOLDER
suppressWarnings(suppressPackageStartupMessages({library(exactRankTests); library(coin); library(jsonlite)})); options(digits = 15)
folder <- file.path(commandArgs(trailingOnly = TRUE)[1], "signed_rank_series"); dir.create(folder, recursive = TRUE, showWarnings = FALSE)
series <- list(three = list(c(16, 14, 22), c(8, 4, 10)), five_ties = list(c(16, 14, 18, 20, 12), c(8, 4, 6, 12, 8)),
  eight_zeros = list(c(16, 14, 18, 20, 12, 10, 9, 12), c(8, 14, 6, 12, 16, 10, 5, 8)), fifteen = list(c(12.1, 15.4, 9.3, 20.2, 18.7, 14.9, 16.6, 11.2, 13.5, 17.8, 22.3, 8.4, 10.6, 19.9, 21.7), c(6.2, 14.1, 10.1, 8.8, 9.9, 15.6, 4.5, 9.1, 9.6, 6.4, 9.2, 9.7, 2.3, 12.5, 1.1)))
series$untied <- series$fifteen; series$untied[[2]][c(10, 12)] <- c(6.5, 9.9)
one <- function(s) { d <- s[[2]] - s[[1]]; d <- round(d, 10); tied <- anyDuplicated(abs(d[d != 0])) > 0 || any(d == 0)
  out <- list(p_wilcoxon = wilcox.exact(d, exact = TRUE)$p.value, p_pratt = as.numeric(pvalue(wilcoxsign_test(d ~ rep(0, length(d)), distribution = "exact", zero.method = "Pratt"))))
  if (!tied && length(d) > 5) { w <- wilcox.test(d, exact = TRUE, conf.int = TRUE); out$estimate <- unname(w$estimate); out$limits <- as.numeric(w$conf.int); out$statistic <- unname(w$statistic) }
  out }
write.csv(do.call(rbind, lapply(names(series), function(k) data.frame(series = k, before = series[[k]][[1]], after = series[[k]][[2]]))), file.path(folder, "input.csv"), row.names = FALSE)
discordant <- list(c(6, 0), c(5, 1), c(3, 3), c(12, 4), c(1, 9))
mcnemar <- lapply(discordant, function(v) { b <- binom.test(v[1], sum(v)); list(gained = v[1], lost = v[2], p = b$p.value, odds_limits = as.numeric(b$conf.int / (1 - b$conf.int))) })
out <- list(method = "signed_rank", data_source = "made-up scores of before-and-after series", inputs = list(series = "series", before = "before", after = "after"),
  notes = c("p_wilcoxon: exactRankTests::wilcox.exact, zeros dropped; p_pratt: coin::wilcoxsign_test(zero.method = Pratt, exact).", "mcnemar: binom.test of the discordant pairs; odds_limits = its limits as odds (null: infinite)."),
  null_means = "infinite", software = list(R = paste(R.version$major, R.version$minor, sep = "."), exactRankTests = as.character(packageVersion("exactRankTests")), coin = as.character(packageVersion("coin"))),
  tolerance_rel = 1e-7, expected = list(series = lapply(series, one), mcnemar = mcnemar))
writeLines(toJSON(out, digits = NA, auto_unbox = TRUE, na = "null"), file.path(folder, "expected.json"))
