# One-sided efficacy bounds of group sequential tests (rpact), at local levels and unequal looks, and with a time of
# spending that is not the information (asUser).  Usage: Rscript efficacy_bounds.R OUTPUT_FOLDER
suppressPackageStartupMessages({library(rpact); library(jsonlite)}); options(digits = 15)
folder <- file.path(commandArgs(trailingOnly = TRUE)[1], "efficacy_bounds"); dir.create(folder, recursive = TRUE, showWarnings = FALSE)
bounds <- function(information, level, type, ...) { d <- getDesignGroupSequential(kMax = length(information), informationRates = information, alpha = level, sided = 1, typeOfDesign = type, tolerance = 1e-10, ...)
  list(type = type, level = level, information = information, critical = d$criticalValues, nominal = d$stageLevels, spent = d$alphaSpent) }
looks <- list(c(.5, 1), c(.3, .75, 1), c(.2, .45, .7, 1), c(.6, .95, 1)); levels <- c(.025, .0125, .003125, .0005, .1)
cases <- list()
for (information in looks) for (level in levels) {
  cases <- c(cases, list(bounds(information, level, "asOF"), bounds(information, level, "asP")))
  for (power in c(1, 3)) cases <- c(cases, list(c(bounds(information, level, "asKD", gammaA = power), parameter = power)))
  for (gamma in c(-4, 1.5)) cases <- c(cases, list(c(bounds(information, level, "asHSD", gammaA = gamma), parameter = gamma)))
  for (shape in c(0, .25, .5)) cases <- c(cases, list(c(bounds(information, level, "WT", deltaWT = shape), parameter = shape)))
}
calendar <- lapply(levels, function(level) { information <- c(.4, .8, 1); time <- c(.6, .9, 1)
  spent <- 2 * (1 - pnorm(qnorm(1 - level / 2) / sqrt(time))); spent[3] <- level
  c(bounds(information, level, "asUser", userAlphaSpending = spent), list(time = time)) })
write.csv(data.frame(level = levels), file.path(folder, "input.csv"), row.names = FALSE)
out <- list(method = "group_sequential_test", data_source = "no data", inputs = list(level = "level"), notes = c("cases: parameter is gammaA or deltaWT;", "calendar: asUser with O'Brien-Fleming-type spending at `time`."), null_means = "none",
  software = list(R = paste(R.version$major, R.version$minor, sep = "."), rpact = as.character(packageVersion("rpact"))), tolerance_rel = 1e-6, expected = list(cases = cases, calendar = calendar))
writeLines(toJSON(out, digits = NA, auto_unbox = TRUE), file.path(folder, "expected.json"))
