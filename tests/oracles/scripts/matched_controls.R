# Propensity score (glm), errors clustered by matched set (sandwich), entropy balancing (survey: raking) on a cohort
# simulated here. Usage: Rscript matched_controls.R OUTPUT_FOLDER -> OUTPUT_FOLDER/matched_controls_sim/{input.csv,expected.json}
suppressPackageStartupMessages({library(sandwich); library(survey); library(jsonlite)})
options(digits = 15)
folder <- file.path(commandArgs(trailingOnly = TRUE)[1], "matched_controls_sim")
dir.create(folder, recursive = TRUE, showWarnings = FALSE)
RNGversion("4.0.0"); set.seed(20261125)

n <- 240
d <- data.frame(age = round(rnorm(n, 36, 11), 1), sledai_2k = rpois(n, 10), egfr = round(rnorm(n, 85, 22), 1),
                center = sample(c("east", "north", "south"), n, TRUE, c(.5, .3, .2)))
d$treated <- rbinom(n, 1, plogis(-2.6 + .12 * d$sledai_2k - .01 * d$egfr + .015 * d$age + .6 * (d$center == "south")))
d$change <- round(-2 - .4 * d$sledai_2k - 1.5 * d$treated + rnorm(n, 0, 3), 2)
d$response <- rbinom(n, 1, plogis(.4 - .12 * d$sledai_2k + .8 * d$treated + .01 * d$egfr))

# Sets made here by a plain loop over the treated, highest score first, each with the two nearest controls left.
ps <- glm(treated ~ age + sledai_2k + egfr + center, binomial, d, control = glm.control(epsilon = 1e-14, maxit = 100))
score <- fitted(ps); free <- which(d$treated == 0); d$matched_set <- NA; k <- 0
for (i in which(d$treated == 1)[order(-score[d$treated == 1])][1:50]) {
  k <- k + 1; near <- free[order(abs(score[free] - score[i]))][seq_len(1 + k %% 2)]
  d$matched_set[c(i, near)] <- k; free <- setdiff(free, near)
}
d$weight <- ifelse(d$treated == 1, 1, 1 / ave(d$treated == 0, d$matched_set, FUN = sum))
d$center_number <- as.integer(factor(d$center)) * 100 + seq_len(n) %/% 8       # a second kind of cluster
write.csv(d, file.path(folder, "input.csv"), row.names = FALSE, na = "")

m <- d[!is.na(d$matched_set), ]
se <- function(f, cl) sqrt(diag(vcovCL(f, cluster = cl, type = "HC1")))[["treated"]]
ctl <- glm.control(epsilon = 1e-14, maxit = 100)
effects <- list()
for (rhs in c("treated", "treated + sledai_2k + center")) {
  a <- lm(as.formula(paste("change ~", rhs)), m, weights = weight)
  b <- suppressWarnings(glm(as.formula(paste("response ~", rhs)), binomial, m, weights = weight, control = ctl))
  effects[[if (rhs == "treated") "plain" else "adjusted"]] <- list(
    linear = list(est = coef(a)[["treated"]], one = se(a, ~matched_set), two = se(a, ~matched_set + center_number)),
    logistic = list(est = coef(b)[["treated"]], one = se(b, ~matched_set), two = se(b, ~matched_set + center_number)))
}

X <- model.matrix(~ age + sledai_2k + egfr + center, d); co <- d[d$treated == 0, ]; nt <- sum(d$treated)
des <- svydesign(ids = ~1, weights = rep(nt / nrow(co), nrow(co)), data = co)
cal <- calibrate(des, ~ age + sledai_2k + egfr + center, colSums(X[d$treated == 1, ]), calfun = "raking", epsilon = 1e-13, maxit = 200)
w <- weights(cal)
write_json(list(
  method = "propensity", data_source = "simulated by tests/oracles/scripts/matched_controls.R, seed 20261125",
  inputs = list(treatment = "treated", covariates = c("age", "sledai_2k", "egfr", "center"), cluster = "matched_set", weight = "weight"),
  notes = c("effects: lm and glm with weights on rows with a matched set; vcovCL type HC1; `two` adds center_number.",
            "entropy: calibrate() with calfun raking, controls to the covariate totals of the treated, in order of the controls."),
  software = list(R = as.character(getRversion()), sandwich = as.character(packageVersion("sandwich")), survey = as.character(packageVersion("survey"))),
  tolerance_rel = 1e-7,
  expected = list(
    score = list(coef = unname(coef(ps)), se = unname(sqrt(diag(vcov(ps)))), fitted = unname(score), loglik = as.numeric(logLik(ps))),
    effects = effects, entropy = list(weights = unname(w), ess = sum(w)^2 / sum(w^2)))
), file.path(folder, "expected.json"), digits = I(15), auto_unbox = TRUE, na = "null")
