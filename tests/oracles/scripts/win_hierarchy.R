# Wins, losses and the standard error of the log win ratio of a hierarchy, by survival::concordance 3.5-3 of joint ranks (R 4.2.2).
# Usage: Rscript win_hierarchy.R OUTPUT_FOLDER   -> OUTPUT_FOLDER/win_hierarchy_sim/{input.csv,expected.json}
suppressPackageStartupMessages({library(survival); library(jsonlite)})
options(digits = 15)
folder <- file.path(commandArgs(trailingOnly = TRUE)[1], "win_hierarchy_sim")
dir.create(folder, recursive = TRUE, showWarnings = FALSE)

set.seed(97)
n <- 44
d <- data.frame(patient = 1:n, arm = rep(c("cells", "control"), c(26, 18)))
cells <- d$arm == "cells"
death <- round(rexp(n, ifelse(cells, 1 / 1500, 1 / 700)))
d$days <- pmin(death, 365)                                   # everybody is followed for a year, or to death
d$died <- death <= 365
d$flares <- rpois(n, ifelse(cells, 0.7, 1.2))
d$sledai <- pmax(0, round(rnorm(n, ifelse(cells, 5, 7), 3)))
write.csv(d, file.path(folder, "input.csv"), row.names = FALSE)

# With one end of follow-up the hierarchy is a ranking: the dead by day, then the living by flares, then by SLEDAI.
wins <- function(...) {
  keys <- list(...)
  rank <- match(do.call(paste, keys), unique(do.call(paste, keys)[do.call(order, keys)]))
  found <- concordance(rank ~ I(cells + 0), influence = 3)
  w <- found$influence[, "concordant"]; l <- found$influence[, "discordant"]
  total <- c(unname(found$count["concordant"]), unname(found$count["discordant"]))
  net <- (w - l) / (sum(cells) * sum(!cells)) - ((total[1] - total[2]) / (sum(cells) * sum(!cells))) / ifelse(cells, sum(cells), sum(!cells))
  list(wins = total[1], losses = total[2], log_ratio = log(total[1] / total[2]), se_log_ratio = sqrt(sum((w / total[1] - l / total[2])^2)),
       net_benefit = (total[1] - total[2]) / (sum(cells) * sum(!cells)), se_net_benefit = sqrt(sum(net^2)))
}
expected <- list(
  death_flares_sledai = wins(d$days, !d$died, ifelse(d$died, 0, -d$flares), ifelse(d$died, 0, -d$sledai)),
  flares_sledai = wins(-d$flares, -d$sledai), sledai = wins(-d$sledai)
)
whole <- list(
  method = "win_ratio", data_source = "simulated in scripts/win_hierarchy.R",
  inputs = list(arm = "arm", control = "control", time = "days", event = "died", then = c("flares", "sledai")),
  notes = c(
    "No two patients died on the same day.",
    "The error is from the derivatives of the counts by the weight of each patient (influence = 3)."
  ),
  software = list(R = paste(R.version$major, R.version$minor, sep = "."), survival = as.character(packageVersion("survival"))),
  tolerance_rel = 1e-7, expected = expected
)
stopifnot(!any(duplicated(d$days[d$died])))
writeLines(toJSON(whole, digits = NA, auto_unbox = TRUE, pretty = TRUE), file.path(folder, "expected.json"))
