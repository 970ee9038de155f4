"""Which theorem of the Rocq library gives which proposition of a claim, by which tactic of ``theories/Links.v``.

What is stated is generated from the claim; nothing here restates it.  A line that is wrong is rejected by Rocq.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["LINKS", "STRONGER", "UNLINKED", "Link"]


@dataclass(frozen=True)
class Link:
    """One proposition of a claim, and how Rocq accepts it.

    Attributes:
        claim: its id; part: the place of the proposition among those of the claim, from 0.
        tactic: of ``Links.v``; theorem: of the library, the argument of the tactic.  Without one the statement is
            proved by the tactic alone: plain arithmetic, or a rule that goes in and comes out.
        along: whether it is stated along the flow (5), where the claim has numbers tied by other claims.
        refuted: whether its failure is linked.
    """

    claim: str
    part: int
    tactic: str
    theorem: str = ""
    along: bool = False
    refuted: bool = False

    @property
    def name(self) -> str:
        """The name of the generated statement."""
        return f"{self.claim}_{self.part}".replace("-", "_") + ("_refuted" if self.refuted else "")

    @property
    def script(self) -> str:
        return f"{self.tactic} {self.theorem}".strip()


def _link(claim: str, *lines: str) -> tuple[Link, ...]:
    """Links of one claim, a line each: ``part tactic theorem``, ``along`` and ``refuted`` as words after it."""
    found = []
    for line in lines:
        part, tactic, *rest = line.split()
        flags = {word: True for word in rest if word in ("along", "refuted")}
        theorem = " ".join(word for word in rest if word not in flags)
        found.append(Link(claim, int(part), tactic, theorem, **flags))
    return tuple(found)


LINKS: tuple[Link, ...] = (
    # -- Section 1
    *_link("data-loss", "0 residual_slope is_derive_Sum", "1 layer_slope is_derive_factor"),
    *_link("small-slow", "0 at_least_minus_G grows_from_start", "1 at_most_G grows_from_start"),
    *_link("necessary-in-related-work-corrected", "0 rule_out", "1 rule_out", "2 sum_moves"),
    # -- Section 2.1
    *_link("eq-4", "0 product_apart Prod_apart", "1 dissipated theta_moves", "2 loss_moves Prod_but_square"),
    *_link("eq-5", "0 product_apart Prod_apart", "1 partial_of_product is_derive_factor", "2 same_terms"),
    *_link("eq-6", "0 squares_move_alike square_moves", "1 squares_do_not_move_once eq_6_fails refuted"),
    *_link("eq-6-corrected", "0 squares_move_alike square_moves", "1 squares_move_twice square_moves"),
    *_link("eq-7", "0 differences_conserved conserved"),
    *_link(
        "prop-1-1",
        "0 squares_move_alike square_moves",
        "1 squares_do_not_move_once eq_6_fails refuted",
        "2 differences_conserved conserved",
    ),
    *_link(
        "prop-1-1-corrected",
        "0 squares_move_alike square_moves",
        "1 squares_move_twice square_moves",
        "2 differences_conserved conserved",
    ),
    *_link("prop-1-2", "0 never_vanishes never_zero along"),
    *_link(
        "proof-of-prop-1-2",
        "0 conserved_along conserved along",
        "1 conserved_along conserved along",
        "2 conserved_where_zero conserved along",
        "3 negative_gap",
    ),
    *_link("assumption-A", "1 equal_layers"),
    *_link("one-layer-crosses", "0 least_only_vanishes never_zero along"),
    *_link("fig-3", "0 second_sign_kept layer_sign along"),
    *_link("layers-after-7", "0 argmin_ignored refuted"),
    *_link("layers-after-7-corrected", "0 argmin_unique", "1 swap_in_range", "2 swap_twice", "3 swap_least"),
    *_link("theta-after-7", "0 swapped swapped_product"),
    *_link(
        "equations-after-7",
        "0 first_factor_apart Prod_apart",
        "1 least_factor_apart Prod_apart",
        "2 swapped_conserved conserved",
        "3 both_factors_apart Prod_apart",
    ),
    *_link("balanced-after-A", "0 balance_fails refuted"),
    *_link("balanced-after-A-corrected", "0 balance", "1 balance", "2 balance"),
    *_link("sign-after-7", "0 sign_kept layer_sign along"),
    *_link("root-after-7", "0 root_of_least layer_from_least along"),
    *_link("eq-8", "0 first_layer_moves sign_Prod_but"),
    *_link("delta-after-8", "0 index_beyond_d refuted"),
    *_link("delta-after-8-corrected", "0 in_range"),
    *_link("theta-after-8", "0 theta_from_all_fails display_after_8_fails refuted"),
    *_link("theta-after-8-corrected", "0 theta_from_first sign_Prod_but"),
    *_link("theta-determined", "0 theta_from_first sign_Prod_but"),
    *_link("eq-9", "0 first_of_two_moves"),
    *_link("no-expression-after-8", "0 tangent tangent_solves refuted"),
    *_link("no-expression-after-8-corrected", "0 integral_is_gradient sign_Prod_but"),
    # -- Section 2.2
    *_link("flattening-before-10", "0 not_flattened refuted"),
    *_link("flattening-before-10-corrected", "0 flattened place_in_Z"),
    *_link("eq-10", "0 inside_block", "1 at_place coordinate_in_Z"),
    *_link(
        "thm-1",
        "0 integral_is_gradient sign_Prod_but",
        "1 theta_by_xi theta_moves",
        "2 metric_on_M Sum_term_le",
        "3 root_product is_derive_Prod_but",
        "4 gaps_below Prod_but_le",
    ),
    *_link("proof-of-thm-1", "0 entropy_exists theorem_1"),
    *_link("loss-decreases", "0 monotone_pairing Sum_scal"),
    # -- Section 2.3
    *_link("eq-11", "0 theta_velocity theta_moves"),
    *_link("eq-12", "0 theta_velocity theta_moves"),
    *_link("lower-before-13", "0 above_gap above_initial_gap along"),
    *_link(
        "eq-13",
        "0 least_apart Sum_apart",
        "1 rest_nonneg squares_nonneg",
        "2 metric_bound own_term_above_gap along",
        "3 gap_pos gap_positive",
    ),
    *_link("eq-14", "0 metric_bound metric_above_gap along", "1 chain_of_bounds"),
    *_link("inverse-after-13", "0 inverse_entry"),
    *_link("inverse-before-14", "0 velocity_over_metric theta_moves"),
    *_link("mirror-before-14", "0 mirror_velocity theta_moves"),
    *_link("rate-before-14", "0 pairing", "1 least_eigenvalue Sum_le", "2 larger_rate Sum_nonneg", "3 polyak"),
    *_link("eq-15", "0 decay gronwall"),
    *_link(
        "thm-2", "0 pairing", "1 least_eigenvalue Sum_le", "2 larger_rate Sum_nonneg", "3 polyak", "4 decay gronwall"
    ),
    *_link("pl-squared", "0 singular_values Sum_le", "1 arithmetic"),
    *_link("sigma-small", "0 one_gap gap_factor"),
    *_link("larger-faster", "0 common_factor Prod_but_scal", "1 arithmetic"),
    *_link("fig-4", "0 arithmetic", "1 arithmetic"),
    *_link("rate-of-min", "0 two_layer_metric", "1 two_layers_conserved", "2 arithmetic"),
    # -- Appendices A.1 and A.2
    *_link("eq-16", "0 rule_out", "1 rule_out"),
    *_link("eq-23", "0 rule_out", "1 rule_out"),
    *_link("eq-24", "0 mode_plus", "1 mode_minus"),
    *_link("eq-25", "0 mode_plus_solved mode", "1 mode_minus_solved mode"),
    *_link("eq-26", "0 arithmetic", "1 arithmetic", "2 hyperbolic modes_sinh"),
    *_link("eq-17", "0 psi Psi_modes"),
    *_link("xi-after-17", "0 integral_unique"),
    *_link("psi-inverse-two", "0 psi_inverse Psi_inverse_Psi", "1 derived_map mirror_map_is_Psi_inverse"),
    *_link("eq-20", "0 slope_printed_20_fails eq_20_fails refuted"),
    *_link("eq-20-corrected", "0 integral_of_slope slope_of_Q_two", "1 derived_slope mirror_map_is_Psi_inverse"),
    *_link("eq-21", "0 printed_map_at_psi_fails printed_slope_at_Psi refuted"),
    *_link("eq-21-corrected", "0 mirror_map_at_psi slope_at_Psi"),
    *_link("eq-22", "0 printed_flow_fails printed_slope_at_Psi refuted"),
    *_link("eq-22-corrected", "0 mirror_flow_two slope_at_Psi"),
    *_link("multiplier-after-18", "0 dual_column", "1 dual_sum Sum_scal"),
    *_link("limit-after-18", "0 psi_of_dual Psi_modes"),
    *_link("eq-18", "0 kkt_psi_inverse kkt_suffices"),
    *_link("eq-18-with-20", "0 printed_kkt_fails printed_slope_at_Psi refuted"),
    *_link("eq-18-with-20-corrected", "0 kkt_two kkt_suffices"),
    *_link("eq-19", "0 mirror_map_at_psi slope_at_Psi"),
    # -- Appendix A.3
    *_link("eq-27", "0 power_by_quotient Rpower_over"),
    *_link("eq-28", "0 layer_in_closed_form layer_closed_form"),
    *_link("eq-29", "0 theta_in_closed_form theta_closed_form", "1 same_exponent"),
    *_link("psi-inverse-redundant", "0 inverse_redundant theta_power"),
    *_link("eq-30", "0 slope_printed_30_fails eq_30_fails refuted"),
    *_link("eq-30-corrected", "0 slope_30 slope_of_Q_redundant", "1 scaled_slope Rpower_over"),
    *_link("eq-31", "0 printed_31_fails theta_power_quotient refuted"),
    *_link("eq-31-corrected", "0 mirror_flow_redundant theta_power_quotient"),
    *_link("eq-32", "0 printed_32_fails theta_power_quotient refuted"),
    *_link(
        "eq-32-corrected",
        "0 equal_slopes theta_power_quotient",
        "1 kkt_redundant kkt_suffices",
        "2 curvature_by_quotient Rpower_over",
    ),
    *_link("eq-28-negative", "0 negative_root_fails refuted"),
    *_link("positive-after-27", "0 one_factor_less Rpower_times", "1 linear_solved mode"),
    # -- Appendix A.4
    *_link("eq-33", "0 index_zero refuted", "1 index_before_block refuted"),
    *_link("eq-33-corrected", "0 inside_block", "1 inside_block"),
    *_link("complement-after-33", "0 index_zero refuted", "1 index_before_block refuted"),
    *_link("complement-after-33-corrected", "0 inside_block", "1 inside_block"),
    *_link("open-after-33", "0 whole_theorem M_open"),
    *_link("start-in-M", "0 chain_of_squares"),
    *_link("eq-34", "0 product_apart Prod_apart", "1 partial_of_product is_derive_factor", "2 no_partial_outside"),
    *_link("hessian-after-34", "0 no_partial_outside"),
    *_link("product-after-34", "0 not_two_blocks"),
    *_link("commuting", "0 commuting_fields commuting"),
    *_link(
        "jacobian-before-regular",
        "0 inside_block",
        "1 at_place coordinate_in_Z",
        "2 product_apart Prod_apart",
        "3 partial_of_product is_derive_factor",
        "4 no_partial_outside",
    ),
    *_link(
        "rank-before-regular",
        "0 squares_of_products Prod_but_square",
        "1 nonzero_square",
        "2 squares_without",
        "3 not_two_blocks",
    ),
    *_link("regular", "0 full_rank regular"),
    *_link("symmetric-domains", "0 rectangle symmetric_domains"),
    # -- beyond the paper
    *_link("new-t1-mirror", "0 integral_is_gradient sign_Prod_but"),
    *_link("new-t1-curvature", "0 theta_by_xi theta_moves", "1 metric_on_M Sum_term_le"),
    *_link("new-t1-conjugate", "0 conjugate_grows square_moves", "1 halves_conserved conserved along"),
    *_link("new-t3-ties", "0 tied_layer Prod_apart", "1 linear_solved mode"),
    *_link("new-t3-kullback-leibler", "0 relative_entropy", "1 relative_slope"),
    *_link(
        "new-t3-half-line",
        "0 tied_factor Prod_apart",
        "1 roots_above Prod_but_le",
        "2 root_product is_derive_Prod_but",
    ),
    *_link("new-t4-everywhere", "0 root_product is_derive_Prod_but", "1 gaps_below Prod_but_le"),
    *_link("new-thm-1-on-M", "0 entropy_on_all_of_M theorem_1_on_M"),
    *_link("new-t5-euler", "0 euler Prod_apart"),
    *_link(
        "new-t7-in-w",
        "0 least_apart Sum_apart",
        "1 metric_by_least Prod_apart",
        "2 square_by_least Prod_apart",
        "3 square_kept",
    ),
    *_link(
        "new-t7-bound",
        "0 product_in_w is_derive_Prod_but",
        "1 inverses_in_w is_derive_Sum",
        "2 means_of_inverses maclaurin",
        "3 excess_from_start above_start",
    ),
    *_link("new-t7-strict", "0 means_of_inverses maclaurin_strictly", "1 excess_from_start strictly_above_start"),
    *_link("new-t7-sharp", "0 gap_where_zero Prod_but_ext", "1 strictly_above"),
    *_link("new-t7-equality", "0 two_layers_equal", "1 three_layers_differ"),
    *_link("new-frozen", "0 factor_apart Prod_apart", "1 zero_factor"),
    *_link("new-t11-frozen", "0 factor_apart Prod_apart", "1 zero_factor", "2 not_at_rest"),
    *_link("new-eq-32-ones", "0 exponent_ones Rpower_over"),
    *_link("new-t12-time", "0 at_least_minus_G grows_from_start", "1 at_most_G grows_from_start"),
    *_link("new-t14-step", "0 apart_in_step Prod_apart", "1 apart_in_step_too Prod_apart", "2 arithmetic"),
)

#: Claims whose proposition says less than what is printed, or says it in pieces ↦ theorems that say it whole.
STRONGER: dict[str, tuple[str, ...]] = {
    "eq-4": ("partial_derivative",),
    "eq-5": ("layers_move",),
    "eq-7": ("conserved",),
    "eq-8": ("least_layer_moves",),
    "theta-after-8": ("display_after_8_fails",),
    "theta-after-8-corrected": ("theta_from_least",),
    "theta-determined": ("theta_from_least",),
    "eq-10": ("G_flatten",),
    "loss-decreases": ("loss_decreases",),
    "eq-14": ("metric_above_sigma", "sigma_positive"),
    "rate-before-14": ("dissipation",),
    "eq-15": ("linear_convergence",),
    "thm-2": ("theorem_2",),
    "eq-17": ("theta_is_Psi",),
    "thm-1": ("theorem_1",),
    "eq-18": ("implicit_bias",),
    "eq-21-corrected": ("mirror_map_is_xi",),
    "eq-19": ("kkt_suffices",),
    "eq-27": ("power_rule",),
    "complement-after-33-corrected": ("complement_of_M",),
    "start-in-M": ("start_in_M",),
    "eq-34": ("gradient_inside", "gradient_outside"),
    "hessian-after-34": ("hessian_outside",),
    "product-after-34": ("product_vanishes",),
    "new-t1-slope": ("slope_of_Q", "Q_at_start"),
    "new-t1-curvature": ("curvature",),
    "new-t1-conjugate": ("conjugate",),
    "new-t3-ties": ("tied_never_zero",),
    "new-t3-half-line": ("tied_range",),
    "new-t4-onto": ("onto_for_two",),
    "new-t4-bounded": ("range_bounded",),
    "new-t4-everywhere": ("coordinate_entropy", "is_derive_inverse"),
    "new-t7-bound": ("metric_above_sigma_and_theta", "theorem_2_away_from_zero"),
    "new-t7-strict": ("metric_strictly_above_theta",),
    "new-t7-sharp": ("metric_is_gap",),
    "new-t7-equality": ("metric_of_two",),
    "new-t12-ends": ("distance_moved",),
    "new-t12-rate": ("convex_convergence",),
    "new-t12-bias": ("implicit_bias",),
    "new-t14-step": ("step_of_difference", "step_of_modes"),
    "new-t14-decay": ("weight_decay",),
}

#: Propositions of the paper that Rocq does not have, by (claim, part), and why not.
UNLINKED: dict[tuple[str, int], str] = {
    ("assumption-A", 0): "that a set has measure zero is not in the libraries that are used",
    ("sigma-small", 1): "its index has no range: it says of numbers that equal ones have difference 0",
}
