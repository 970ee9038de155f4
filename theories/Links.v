(** How a theorem T of the library gives the statement that is generated from a claim: one tactic for each proposition.

    The theorem is an argument, so that it can be replaced by another statement: then the tactic has to fail. *)
From Coq Require Import Reals Arith ZArith Lia Lra Psatz.
From Coquelicot Require Import Coquelicot.
From DDLN Require Import Products Calculus Layers Flow Theorem2 Theorem1 Parametrization TwoLayers Redundant Minimizer Refuted Rates FromStart Theorem1OnM.
Open Scope R_scope.

(** ** What many of them do *)

Ltac parts := repeat match goal with |- _ /\ _ => split end.
(** The derivative of a sum of known ones. *)
Ltac known_slopes := auto_derive; repeat split; eexists; eauto.
(** A rule that goes in comes out. *)
Ltac rule_out := intros; eexists; split; [eauto|ring].
(** ** Section 2.1 *)

Ltac product_apart T := intros L u hL j hj; exact (T L j u hj).
Ltac partial_of_product T := intros L u hL j hj; eexists; split;
  [refine (is_derive_ext _ _ _ _ _ (T L j u hj)); intros x; exact (Prod_apart L j _ hj) | reflexivity].
Ltac no_partial_outside := intros; eexists; split; [apply is_derive_const | reflexivity].

Ltac same_terms := intros; reflexivity.
Ltac dissipated T := intros L g u hL flow t ht; pose proof (until _ _ _ t flow) as F;
  eexists; split; [exact (T L t u g F t (conj ht (Rle_refl t)))|];
  rewrite (Sum_ext L _ (fun m2 => Prod L (but m2 (fun m1 => u m1 t)) ^ 2)) by (intros; apply Prod_but_square); ring.
Ltac loss_moves T := intros L g loss u hL flow dl t ht; eexists; split; [exact (dl t ht)|];
  rewrite (Sum_ext L _ (fun m2 => Prod L (but m2 (fun m1 => u m1 t)) ^ 2)) by (intros; apply T); ring.
Ltac squares_of_products T := intros L u hL; apply Sum_ext; intros; apply T.
Ltac nonzero_square := intros L u hL j hj ne; apply pow2_gt_0; exact ne.
Ltac squares_without := intros L u hL j hj; apply Sum_nonneg; intros k hk; unfold drop; destruct (Nat.eqb k j);
  [lra | apply pow2_ge_0].
Ltac conserved_along T := intros L g u hL flow j l t hj hl ht; pose proof (until _ _ _ t flow) as F;
  pose proof (T L t u g F j l t hj hl (conj ht (Rle_refl t))); lra.
Ltac conserved_where_zero T := intros L g u hL flow j l t hj hl ht z; pose proof (until _ _ _ t flow) as F;
  pose proof (T L t u g F j l t hj hl (conj ht (Rle_refl t))) as c; rewrite z in c; lra.
Ltac negative_gap := intros; lra.
Ltac first_factor_apart T := intros L g u hL flow m t hm ht ne; eexists; split; [exact (flow m t hm ht)|];
  rewrite (T L 0%nat (but m (fun k => u k t))) by lia; rewrite (but_other m _ 0%nat) by auto;
  replace (Prod L (but 0%nat (but m (fun k => u k t)))) with (Prod L (but m (but 0%nat (fun k => u k t))))
    by (apply Prod_ext; intros k _; unfold but; destruct (Nat.eqb k m), (Nat.eqb k 0); reflexivity); ring.
Ltac least_factor_apart T := intros L g u hL flow m t hm ht ne; eexists; split; [apply (flow 0%nat t); [lia | exact ht]|];
  rewrite (T L m (but 0%nat (fun k => u k t)) hm); rewrite (but_other 0%nat _ m) by auto; ring.
Ltac swapped_conserved T := intros L g u hL flow m t hm ht; exists 0; split; [|reflexivity];
  apply zero_slope_of_constant; [|exact ht|auto_derive; repeat split; eexists; apply flow; assumption || lia];
  intros r hr; pose proof (until _ _ _ r flow) as F; pose proof (T L r u g F m 0%nat r hm ltac:(lia) ltac:(lra)); lra.
Ltac both_factors_apart T := intros L g u hL flow j m t hj hm ht nm nj ne; eexists; split; [exact (flow j t hj ht)|];
  rewrite (T L 0%nat (but j (fun k => u k t))) by lia; rewrite (but_other j _ 0%nat) by auto;
  rewrite (T L m (but 0%nat (but j (fun k => u k t))) hm); rewrite (but_other 0%nat _ m), (but_other j _ m) by auto;
  replace (Prod L (but m (but 0%nat (but j (fun k => u k t))))) with (Prod L (but m (but j (but 0%nat (fun k => u k t)))))
    by (apply Prod_ext; intros k _; unfold but; destruct (Nat.eqb k m), (Nat.eqb k 0), (Nat.eqb k j); reflexivity); ring.
(** Two 2 x 2 layers: squares of entries with their rules, by the product rule. *)
Ltac balance := intros; eexists; split; [|reflexivity];
  match goal with |- is_derive _ ?t _ => auto_derive; [repeat split; eexists; eauto|] end;
  repeat match goal with d : forall t : R, 0 <= t -> is_derive ?f t _ |- context [Derive (fun x => ?f x) ?t] =>
    change (Derive (fun x => f x) t) with (Derive f t); rewrite (is_derive_unique f t _ (d t ltac:(assumption))) end; ring.
Ltac balance_fails := (* with one entry of the gradient 1, along a12 = b11 = exp(-t) *)
  exists (fun _ => 0), (fun t => exp (- t)), (fun _ => 0), (fun _ => 0), (fun t => exp (- t)), (fun _ => 0), (fun _ => 0), (fun _ => 0);
  exists (fun _ => 0), (fun _ => 1), (fun _ => 0), (fun _ => 0), 0, 2; parts; try lra;
  try (intros t _; auto_derive; [exact I | ring]); auto_derive; [exact I | rewrite Ropp_0, exp_0; ring].
Ltac squares_move_alike T := intros L g u hL flow j k t hj hk ht; pose proof (until _ _ _ t flow) as F;
  exists (- (2 * g t * Prod L (fun k => u k t))), (- (2 * g t * Prod L (fun k => u k t)));
  parts; [apply (T L t u g F j t hj); lra | apply (T L t u g F k t hk); lra | reflexivity].
Ltac squares_move_twice T := intros L g u hL flow k t hk ht; pose proof (until _ _ _ t flow) as F;
  eexists; split; [apply (T L t u g F k t hk); lra | reflexivity].
Ltac squares_do_not_move_once T := destruct T as [L [g [u [hL [flow [k [t [r [hk [ht [d ne]]]]]]]]]]];
  exists L, g, u, k, t, r; parts; assumption.
Ltac differences_conserved T := intros L g u hL flow j k t hj hk ht; exists 0; split; [|reflexivity];
  apply zero_slope_of_constant; [|exact ht|known_slopes];
  intros r hr; pose proof (until _ _ _ r flow) as F; pose proof (T L r u g F j k r hj hk ltac:(lra)); lra.

Ltac never_vanishes T := intros L g u hL flow j l t hj hl ht less; pose proof (until _ _ _ t flow) as F;
  exact (T L t u g F j l t hj hl (conj ht (Rle_refl t)) less).
Ltac least_only_vanishes T := intros L g u hL flow j l t hj hl ht least ne; pose proof (until _ _ _ t flow) as F;
  exact (T L t u g F j l t hj hl (conj ht (Rle_refl t)) (least j hj ne)).
Ltac equal_layers := intros modulus j m c hj hm same; rewrite !same by assumption; apply Rge_refl.
Ltac sign_kept T := intros L g u hL flow j l hj hl less t ht; pose proof (until _ _ _ t flow) as F;
  exact (T L t u g F j l t hj hl (conj ht (Rle_refl t)) less).
Ltac second_sign_kept T := intros L g u hL flow less t ht; pose proof (until _ _ _ t flow) as F;
  exact (T L t u g F 1%nat 0%nat t ltac:(lia) ltac:(lia) (conj ht (Rle_refl t)) less).

Ltac argmin_ignored := exists (fun z => if Z.eqb z 1 then 0%R else 1%R), 2%Z, 1%Z; parts; try lia;
  [ intros k hk ne; destruct (Z.eqb_spec k 1) as [->|]; [now contradiction ne | apply Rlt_0_1]
  | intros claim; specialize (claim ltac:(lia)); apply (Rlt_irrefl _ claim) ].
Ltac argmin_unique := intros modulus k m hk hm least ne; exact (least k hk ne).
Ltac swap_cases := repeat match goal with |- context [Z.eqb ?a ?b] => destruct (Z.eqb_spec a b) end.
Ltac swap_in_range := intros L i j m hL hi hj hm image hjL hmL; subst i; swap_cases; lia.
Ltac swap_twice := intros i j m hi hj hm image;
  destruct (Z.eqb_spec j 1); destruct (Z.eqb_spec j m); subst; swap_cases; lia.
Ltac swap_least := intros modulus i j m hi hj hm image least ne; subst i;
  destruct (Z.eqb_spec j 1); [lia|]; destruct (Z.eqb_spec j m) as [->|nm]; apply least; lia.
Ltac swapped T := intros L u hL m hm ne; refine (eq_trans (T L u m ltac:(lia) hm ne) _); f_equal;
  apply Prod_ext; intros k _; unfold but; destruct (Nat.eqb k m), (Nat.eqb k 0); reflexivity.

Ltac root_of_least T := intros L g u hL flow j l t hj hl ht less; pose proof (until _ _ _ t flow) as F;
  destruct (T L t u g F j l t hj hl (conj ht (Rle_refl t)) less) as [pos e];
  replace (u j 0 ^ 2 + u l t ^ 2 - u l 0 ^ 2) with (u l t ^ 2 + (u j 0 ^ 2 - u l 0 ^ 2)) by ring;
  split; [lra | rewrite e at 1; ring].

Ltac first_layer_moves T := intros L g v0 v1 hL rule t ht least; destruct (rule t ht) as [def d];
  eexists; parts; [exact def | exact d |]; rewrite T, Prod_but_mult; ring.
Ltac theta_from_first T := intros L g v0 v1 hL rule t ht least; destruct (rule t ht) as [def d];
  parts; [exact def |]; rewrite T, Prod_but_mult; ring.
Ltac theta_from_all_fails T := (* along the flow of the loss theta from (1, 2) *)
  pose proof T as fails; destruct crossing_start as [a b]; destruct crossing_end as [late _];
  rewrite a, b in fails; rewrite crossing_root in fails;
  exists 2%nat, (fun _ => 1), (fun k => if Nat.eqb k 0 then 1 else 2), (crossing 0), (ln 3);
  assert (root : forall t, crossing 0 t ^ 2 + 2 ^ 2 - 1 ^ 2 = crossing 0 t ^ 2 + 3) by (intros; ring);
  assert (same : forall t, crossing 0 t ^ 2 + 1 ^ 2 - 1 ^ 2 = crossing 0 t ^ 2 + 0) by (intros; ring);
  assert (two : sign 2 = 1) by (apply sign_eq_1; lra);
  assert (square : forall t, 0 <= crossing 0 t ^ 2) by (intros; apply pow2_ge_0);
  parts;
  [ lia
  | intros t ht; specialize (square t); split; [intros [|[|m]] hm ne; cbn -[pow crossing]; lra || lia|];
    apply (is_derive_to _ _ _ _ (crossing_flow 0 t ltac:(lia))); unfold but; cbn -[pow crossing];
    rewrite root, crossing_root, two; reals; ring
  | exact late
  | intros [|[|k]] hk ne; cbn -[pow]; lra || lia
  | intros [|[|m]] hm ne; specialize (square (ln 3)); cbn -[pow crossing]; lra || lia
  | intros [|[|m]] hm; specialize (square (ln 3)); cbn -[pow crossing]; lra || lia
  | unfold but; cbn -[pow crossing sqrt sign]; rewrite root, same, crossing_root, !Rmult_1_l in *;
    rewrite two in *; intros claim; apply fails; lra ].
Ltac first_of_two_moves := intros g v0 v1 rule t ht less; destruct (rule t ht) as [def d]; eexists; parts; [exact def | exact d | ring].
Ltac index_beyond_d := exists 2%Z, 1%Z, 2%Z; lia.
Ltac in_range := intros; lia.

Ltac tangent T := intros g v1 xi dxi a x0 v0 dv ha away t ht; parts; [apply Rgt_not_eq, away; exact ht|];
  apply (T g xi v1 a t ht ha x0 v0); [intros s [hs _]; exact (dxi s hs)|]; intros s [hs _];
  apply (is_derive_to _ _ _ _ (dv s hs)); rewrite sign_eq_1 by (apply pow2_gt_0; exact ha); reals; ring.
Ltac integral_is_gradient T := intros L I_ g gradQ v0 v1 hL rule dI I0 q0 dq least t ht;
  set (s := sign (Prod L (but 0%nat (fun m1 => v0 m1)))) in *;
  assert (ss : s * s = 1) by (unfold s; rewrite T, <- Prod_but_mult; apply Prod_one; intros k hk; unfold but;
    destruct (Nat.eqb_spec k 0) as [|ne]; [reflexivity | apply sign_square_1; intros z; pose proof (least k hk ne);
    rewrite z in *; pose proof (pow2_ge_0 (v0 0%nat)); lra]);
  pose proof (constant_of_zero_slope (fun r => gradQ r - I_ r * s) t ht) as same; cbv beta in same;
  rewrite I0, q0 in same; enough (gradQ t - I_ t * s = 0 - 0 * s) by lra; apply same; intros r [hr _];
  refine (is_derive_to _ _ _ _ (is_derive_minus _ _ r _ _ (dq r hr)
    (is_derive_ext _ _ _ _ (fun y => Rmult_comm s (I_ y)) (is_derive_scal I_ r s _ (dI r hr)))) _);
  reals; replace (- g r + - (s * - (g r * s))) with (g r * (s * s - 1)) by ring; rewrite ss; ring.

(** ** Section 2.2 *)

Ltac at_place T := intros L i j hL hi hj hjL; pose proof (T L i j ltac:(lia) ltac:(lia)) as place;
  replace (-1 + j + L * (-1 + i))%Z with ((i - 1) * L + j - 1)%Z by ring; lia.
Ltac flattened T := intros L i j hL hi hj hjL; destruct (T L i j ltac:(lia) ltac:(lia)) as [layer place]; parts;
  [ replace (-1 + L + j)%Z with ((i - 1) * L + j - 1 + (2 - i) * L)%Z by ring; rewrite Z.mod_add by lia; lia
  | replace (-1 + j + L * (-1 + i))%Z with ((i - 1) * L + j - 1)%Z by ring; lia ].
Ltac not_flattened := exists 2%Z, 1%Z, 2%Z; vm_compute; intuition discriminate.
Ltac inside_block := intros; nia.
Ltac not_two_blocks := intros; lia.
Ltac index_zero := exists 2%Z, 1%Z, 1%Z, 1%Z; parts; lia.
Ltac index_before_block := exists 2%Z, 1%Z, 1%Z; parts; lia.
Ltac whole_theorem T := exact T.
Ltac entropy_exists T := intros L d w least A; destruct (T L d w least A) as [Q [gradQ [smooth [convex [zero [flat mirror]]]]]];
  exists Q, gradQ; parts; assumption.
Ltac theta_by_xi T := intros L g u xi hL flow dxi t ht; pose proof (until _ _ _ t flow) as F;
  eexists; eexists; parts; [exact (T L t u g F t (conj ht (Rle_refl t))) | exact (dxi t ht) | ring].
Ltac metric_on_M T := intros L u hL l hl nonzero;
  apply Rlt_le_trans with (Prod L (but l (fun m1 => u m1 ^ 2)));
  [ apply Prod_but_pos; intros k hk ne; apply pow2_gt_0; exact (nonzero k hk ne)
  | apply (T L l (fun m2 => Prod L (but m2 (fun m1 => u m1 ^ 2))) hl); intros; apply squares_nonneg ].
Ltac gaps_below T := intros L v0 v1 hL rule t ht least; apply T; intros k hk ne; pose proof (least k hk ne);
  pose proof (pow2_ge_0 (v1 t)); lra.
Ltac monotone_pairing T := intros d g loss p hd rule t ht mono; eexists; split; [exact (rule t ht)|];
  rewrite (Sum_ext d _ (fun m1 => -1 * (g m1 t * p m1 t))) in mono by (intros; ring); rewrite T in mono; lra.

(** ** Section 2.3 *)

Ltac theta_velocity T := intros L g u hL flow t ht; pose proof (until _ _ _ t flow) as F;
  eexists; split; [exact (T L t u g F t (conj ht (Rle_refl t))) | ring].
Ltac above_gap T := intros L g u hL flow j l t hj hl ht ne; pose proof (until _ _ _ t flow) as F;
  exact (T L t u g F j l t hj hl (conj ht (Rle_refl t))).
Ltac least_apart T := intros L u hL l hl; exact (T L l (fun m2 => Prod L (but m2 (fun m1 => u m1 ^ 2))) hl).
Ltac rest_nonneg T := intros L u hL l hl; apply Sum_nonneg; intros k hk; unfold drop; destruct (Nat.eqb k l); [lra | apply T].
Ltac metric_bound T := intros L g u hL flow l t hl ht least; pose proof (until _ _ _ t flow) as F;
  apply (T L t u g F l t hl (conj ht (Rle_refl t))); intros k hk ne; left; exact (least k hk ne).
Ltac gap_pos T := intros L u0 hL l hl least; exact (T L u0 l hl least).
Ltac chain_of_bounds := intros; lra.
Ltac inverse_entry := intros L u hL M_i e pos; rewrite <- e; parts; [lra | field; lra].
Ltac velocity_over_metric T := intros L g u hL flow t ht pos; pose proof (until _ _ _ t flow) as F;
  eexists; parts; [lra | exact (T L t u g F t (conj ht (Rle_refl t))) | field; lra].
Ltac mirror_velocity T := intros L g gradQ u hL flow dq t ht pos; pose proof (until _ _ _ t flow) as F;
  eexists; eexists; parts; [lra | exact (dq t ht) | exact (T L t u g F t (conj ht (Rle_refl t))) | field; lra].

Ltac pairing := intros d M excess g theta hd dtheta de t ht; eexists; exists (fun i => - (M i t * g i t)); parts;
  [exact (de t ht) | intros i hi; exact (dtheta i t hi ht) | apply Sum_ext; intros; ring].
Ltac least_eigenvalue T := intros d M excess g lambda_min theta hd dtheta de t ht low; eexists; split; [exact (de t ht)|];
  replace (- (lambda_min t * Sum d (fun m1 => g m1 t ^ 2))) with ((- lambda_min t) * Sum d (fun m1 => g m1 t ^ 2)) by ring;
  rewrite <- Sum_scal; apply T; intros i hi; pose proof (low i hi); pose proof (pow2_ge_0 (g i t)); nra.
Ltac larger_rate T := intros d g hd lambda_min sigma le; pose proof (T d (fun m1 => g m1 ^ 2) (fun k _ => pow2_ge_0 (g k))); nra.
Ltac polyak := intros; nra.
Ltac decay T := intros dissipation excess norm2 de mu sigma low pl pos t ht;
  apply (T excess (fun s => - dissipation s) _ t ht); [intros s [hs _]; exact (de s hs)|];
  intros s [hs _]; pose proof (low s hs); pose proof (pl s hs); nra.
Ltac singular_values T := intros rank r s hr s_min pos least;
  replace (4 * s_min ^ 2 * Sum rank (fun m1 => r m1 ^ 2)) with ((4 * s_min ^ 2) * Sum rank (fun m1 => r m1 ^ 2)) by ring;
  rewrite <- Sum_scal; apply T; intros k hk; pose proof (least k hk); pose proof (pow2_ge_0 (r k));
  assert (s_min ^ 2 <= s k ^ 2) by (apply pow_incr; lra); nra.
Ltac one_gap T := intros L u0 hL j l hj hl ne; exact (T L u0 j l hj hl ne).
Ltac common_factor T := intros L u0 hL c pos; rewrite (T L 0%nat (c ^ 2) (fun k => u0 k ^ 2)) by lia;
  rewrite <- pow_mult; f_equal; f_equal; lia.
Ltac arithmetic := intros; first [reflexivity | lra | ring | field | nra].
Ltac two_layer_metric := intros u;
  replace (4 * u 0%nat ^ 2 * u 1%nat ^ 2 + (u 0%nat ^ 2 - u 1%nat ^ 2) ^ 2) with ((u 0%nat ^ 2 + u 1%nat ^ 2) ^ 2) by ring;
  split; [apply pow2_ge_0 | rewrite sqrt_pow2; [reflexivity|]; pose proof (pow2_ge_0 (u 0%nat)); pose proof (pow2_ge_0 (u 1%nat)); lra].
Ltac two_layers_conserved := intros g u d0 d1 t ht; eexists; split; [|reflexivity];
  refine (is_derive_to _ _ _ _ (is_derive_minus _ _ t _ _ (is_derive_pow (u 0%nat) 2 t _ (d0 t ht)) (is_derive_pow (u 1%nat) 2 t _ (d1 t ht))) _);
  reals; ring.

(** ** Appendices A.1 and A.2 *)

Ltac mode_plus := intros g u v du dv t ht; eexists; split; [exact (is_derive_plus u v t _ _ (du t ht) (dv t ht)) | reals; ring].
Ltac mode_minus := intros g u v du dv t ht; eexists; split; [exact (is_derive_minus u v t _ _ (du t ht) (dv t ht)) | reals; ring].
Ltac mode_plus_solved T := intros g xi z dxi z0 x0 start dz t ht; rewrite <- start, <- (Rmult_1_l (xi t));
  apply (T z g xi 1 t ltac:(ring) ht x0); intros r [hr _]; [exact (dxi r hr) | apply (is_derive_to _ _ _ _ (dz r hr)); reals; ring].
Ltac mode_minus_solved T := intros g xi z dxi z0 x0 start dz t ht; rewrite <- start;
  replace (- xi t) with (-1 * xi t) by ring; apply (T z g xi (-1) t ltac:(ring) ht x0); intros r [hr _];
  [exact (dxi r hr) | apply (is_derive_to _ _ _ _ (dz r hr)); reals; ring].
Ltac hyperbolic T := intros xi b a ha hb; parts; [exact hb | apply quotient_pos; assumption |]; rewrite (T a b xi ha hb); field.
Ltac psi T := intros u0 v0 xi hp hm; parts; [exact hm | apply quotient_pos; assumption |];
  rewrite (T u0 v0 xi hp hm); unfold Psi, Delta, log_ratio; field.
Ltac integral_unique := intros I_ g xi dI I0 x0 dx t ht;
  pose proof (constant_of_zero_slope (fun r => xi r + I_ r) t ht) as same; cbv beta in same; rewrite I0, x0 in same;
  enough (xi t + I_ t = 0 + 0) by lra; apply same; intros r [hr _];
  refine (is_derive_to _ _ _ _ (is_derive_plus _ _ r _ _ (dx r hr) (dI r hr)) _); reals; ring.
Ltac psi_inverse T := intros u0 v0 xi hp hm; parts; [exact hm | apply quotient_pos; assumption |];
  pose proof (T u0 v0 xi hp hm) as inv; rewrite <- inv at 2; pose proof (Delta_pos u0 v0 hp hm); unfold Psi_inverse, Psi;
  replace (2 * (Delta u0 v0 / 2 * sinh (2 * xi + log_ratio u0 v0)) / Delta u0 v0) with (sinh (2 * xi + log_ratio u0 v0))
    by (field; lra); reflexivity.

(** *** The entropy (20), (21), (22): values first *)

Ltac two_layer_facts u0 v0 hp hm := pose proof (gap_square_pos u0 v0 hp hm); pose proof (Delta_pos u0 v0 hp hm);
  pose proof (quotient_pos (u0 + v0) (u0 - v0) hp hm).
Ltac two_layer_value hp hm := first
  [ exact hp | exact hm | apply quotient_pos; assumption | apply Rgt_not_eq, (Delta_pos _ _ hp hm)
  | match goal with |- ?u ^ 2 - ?v ^ 2 <> 0 => replace (u ^ 2 - v ^ 2) with ((u + v) * (u - v)) by ring;
      apply Rmult_integral_contrapositive_currified; assumption end
  | match goal with
    | |- _ (1 + ?s ^ 2) => pose proof (pow2_ge_0 s); lra
    | |- _ (?d ^ 2 * ?s ^ 2 + ?d ^ 2) => pose proof (pow2_ge_0 (d * s)); replace (d ^ 2 * s ^ 2) with ((d * s) ^ 2) by ring; lra
    | |- _ (1 + 4 * ?x ^ 2 / ?w) => enough (0 <= 4 * x ^ 2 / w) by lra; apply Rdiv_le_0_compat;
        [pose proof (pow2_ge_0 x); lra | assumption]
    | |- _ (4 * ?x ^ 2 + _) => pose proof (pow2_ge_0 x); lra
    end ].
Ltac mirror_map_at_psi T := intros u0 v0 xi hp hm; two_layer_facts u0 v0 hp hm; parts; try two_layer_value hp hm;
  set (l := ln (Rabs ((u0 + v0) / (u0 - v0)))) in *; set (x := sinh (2 * xi + l)) in *;
  assert (dne : u0 ^ 2 - v0 ^ 2 <> 0) by two_layer_value hp hm;
  pose proof (T (1/4) (u0 ^ 2 - v0 ^ 2) l x (arcsinh x) dne) as cancels;
  assert (inv : arcsinh x = 2 * xi + l) by apply arcsinh_sinh; rewrite inv in *; unfold Rdiv in *; lra.

Ltac derived_map T := intros theta u0 v0 hp hm; two_layer_facts u0 v0 hp hm;
  pose proof (root_pos_two u0 v0 theta hp hm); pose proof (root_above_two u0 v0 theta hp hm);
  replace ((u0 + v0) ^ 2 * (u0 - v0) ^ 2) with ((u0 ^ 2 - v0 ^ 2) ^ 2) by ring; parts; try two_layer_value hp hm;
  [ apply Rdiv_lt_0_compat; [assumption | apply pow2_gt_0; exact hp] | exact (T u0 v0 theta hp hm) ].
Ltac slope_printed_20_fails T := destruct T as [u0 [v0 [theta [r [hp [hm [d ne]]]]]]];
  two_layer_facts u0 v0 hp hm; exists theta, u0, v0, r; parts; try assumption; try two_layer_value hp hm;
  refine (is_derive_ext _ _ _ _ _ d); intros y; unfold Q_two, Delta, log_ratio; reals;
  rewrite <- (pow2_abs (u0 ^ 2 - v0 ^ 2)); field; two_layer_value hp hm.
Ltac integral_of_slope T := intros theta u0 v0 hp hm; two_layer_facts u0 v0 hp hm; parts;
  try match goal with |- forall _ : R, _ => intros _ end;
  try two_layer_value hp hm;
  assert (slope : forall y, is_derive (Q_two (1/4) (Delta u0 v0) (log_ratio u0 v0)) y
      (arcsinh (2 * y / Rabs (u0 ^ 2 - v0 ^ 2)) / 2 - ln (Rabs ((u0 + v0) / (u0 - v0))) / 2))
    by (intros y; apply (is_derive_to _ _ _ _ (T (1/4) _ (log_ratio u0 v0) y (Delta_pos u0 v0 hp hm)));
        unfold Delta, log_ratio; reals; field);
  match goal with |- is_RInt _ _ _ ?value => replace value with
    (Q_two (1/4) (Delta u0 v0) (log_ratio u0 v0) theta - Q_two (1/4) (Delta u0 v0) (log_ratio u0 v0) 0)
    by (rewrite (Q_two_at_zero _ _ _ (Delta_pos u0 v0 hp hm)); unfold Q_two, Delta, log_ratio;
        rewrite <- (pow2_abs (u0 ^ 2 - v0 ^ 2)); field; two_layer_value hp hm) end;
  apply (is_RInt_derive (Q_two (1/4) (Delta u0 v0) (log_ratio u0 v0))); [intros y _; apply slope | intros y _;
    exact (is_derive_continuous _ y _ (curvature_two u0 v0 y hp hm))].
Ltac derived_slope T := intros theta u0 v0 hp hm; two_layer_facts u0 v0 hp hm;
  pose proof (root_pos_two u0 v0 theta hp hm); pose proof (root_above_two u0 v0 theta hp hm);
  pose proof (pow2_ge_0 theta);
  replace ((u0 + v0) ^ 2 * (u0 - v0) ^ 2) with ((u0 ^ 2 - v0 ^ 2) ^ 2) by ring;
  assert (quotient : 0 <= 4 * theta ^ 2 / (u0 ^ 2 - v0 ^ 2) ^ 2) by (apply Rdiv_le_0_compat; lra);
  parts; try two_layer_value hp hm; try lra;
  [ apply Rdiv_lt_0_compat; [assumption | apply pow2_gt_0; exact hp]
  | rewrite (quotients_cancel u0 v0 theta hp hm), (T u0 v0 theta hp hm);
    match goal with |- context [sqrt (4 * theta ^ 2 + ?w)] =>
      pose proof (derived_rest (sqrt (4 * theta ^ 2 + w)) theta w ltac:(assumption) ltac:(assumption)
        ltac:(rewrite pow2_sqrt by lra; ring)) as rest end;
    unfold Psi_inverse, Delta, log_ratio; lra ].

Ltac printed_map_at_psi_fails T := (* from (1, 0) at xi = 1, where it is 2 *)
  exists 1, 0, 1; assert (hp : 1 + 0 <> 0) by lra; assert (hm : 1 - 0 <> 0) by lra;
  two_layer_facts 1 0 hp hm; parts; try two_layer_value hp hm; try lra;
  pose proof (T 1 0 1 hp hm) as value; cbv zeta in value;
  intros claim; rewrite value, log_ratio_1_0 in claim; lra.
Ltac printed_flow_fails T := (* from (1, 0) with the gradient 1 and xi = -t *)
  assert (hp : 1 + 0 <> 0) by lra; assert (hm : 1 - 0 <> 0) by lra; two_layer_facts 1 0 hp hm;
  exists (fun _ => 1), (fun t => - t), 1, 0, 0, (-2); parts; try two_layer_value hp hm; try lra;
  [ intros t _; auto_derive; [exact I | ring]
  | apply (is_derive_ext (fun s => 2 * (- s) + ln (Rabs ((1 + 0) / (1 - 0))) / 2));
    [intros s; symmetry; exact (T 1 0 (- s) hp hm) | auto_derive; [exact I | ring]] ].
Ltac mirror_flow_two T := intros g gradQ xi dxi u0 v0 x0 q0 dq hp hm t ht; two_layer_facts u0 v0 hp hm;
  parts; try two_layer_value hp hm;
  assert (same : gradQ t = xi t)
    by (pose proof (constant_of_zero_slope (fun r => gradQ r - xi r) t ht) as same; cbv beta in same;
        rewrite x0, q0 in same; enough (gradQ t - xi t = 0 - 0) by lra; apply same; intros r [hr _];
        refine (is_derive_to _ _ _ _ (is_derive_minus _ _ r _ _ (dq r hr) (dxi r hr)) _); reals; ring);
  rewrite same; set (l := ln (Rabs ((u0 + v0) / (u0 - v0)))) in *; set (x := sinh (2 * xi t + l)) in *;
  pose proof (T (1/4) (u0 ^ 2 - v0 ^ 2) l x (arcsinh x) ltac:(two_layer_value hp hm)) as cancels;
  assert (inv : arcsinh x = 2 * xi t + l) by apply arcsinh_sinh; rewrite inv in *; unfold Rdiv in *; lra.
Ltac printed_kkt_fails T := (* from (1, 0) and (2, 1), at the same xi = 0 *)
  assert (hp : 1 + 0 <> 0) by lra; assert (hm : 1 - 0 <> 0) by lra;
  assert (hp' : 2 + 1 <> 0) by lra; assert (hm' : 2 - 1 <> 0) by lra;
  two_layer_facts 1 0 hp hm; two_layer_facts 2 1 hp' hm';
  assert (l3 : ln (Rabs ((2 + 1) / (2 - 1))) > 0)
    by (replace ((2 + 1) / (2 - 1)) with 3 by field; rewrite Rabs_right by lra; rewrite <- ln_1; apply ln_increasing; lra);
  pose proof log_ratio_1_0 as l0;
  exists 2, 1, 1, 0, 0; parts; try two_layer_value hp hm; try two_layer_value hp' hm'; try lra;
  pose proof (T 1 0 0 hp hm) as first; pose proof (T 2 1 0 hp' hm') as second; cbv zeta in *;
  intros claim; rewrite first, second in claim; lra.
Ltac dual_column := intros ell nu xi dnu x n0 x0 dxi t ht;
  pose proof (constant_of_zero_slope (fun r => xi r - nu r * x) t ht) as same; cbv beta in same; rewrite n0, x0 in same;
  enough (xi t - nu t * x = 0 - 0 * x) by lra; apply same; intros r [hr _];
  refine (is_derive_to _ _ _ _ (is_derive_minus _ _ r _ _ (dxi r hr)
    (is_derive_ext _ _ _ _ (fun y => Rmult_comm x (nu y)) (is_derive_scal nu r x _ (dnu r hr)))) _); reals; ring.
Ltac dual_sum T := intros n X ell nu hn dnu t ht; eexists; split;
  [ apply is_derive_Sum; intros k hk; exact (is_derive_scal (nu k) t (X k) _ (dnu k t hk ht))
  | replace (- Sum n (fun m1 => X m1 * ell m1 t)) with (-1 * Sum n (fun m1 => X m1 * ell m1 t)) by ring;
    rewrite <- T; apply Sum_ext; intros; reals; ring ].
Ltac psi_of_dual T := intros n X nu hn u0 v0 hp hm; parts; [exact hm | apply quotient_pos; assumption |];
  rewrite (T u0 v0 _ hp hm); unfold Psi, Delta, log_ratio; field.
Ltac kkt_psi_inverse T := intros n d X y nu q u0 v0 hp hm slope solves;
  parts; try (intros i hi; intros; pose proof (hp i hi) as p; pose proof (hm i hi) as m;
    two_layer_facts (u0 i) (v0 i) p m; two_layer_value p m);
  intros theta solves' differs;
  refine (T d n X y nu q (fun i => Sum n (fun k => X k i * nu k)) _ (fun _ => True) (fun i hi => eq_refl) _ solves
    theta (fun _ _ => I) solves' differs);
  intros i z hi _ ne; pose proof (hp i hi) as p; pose proof (hm i hi) as m;
  assert (at_limit : forall x, Psi_inverse (u0 i) (v0 i) (Rabs (u0 i ^ 2 - v0 i ^ 2) * sinh (2 * x + ln (Rabs ((u0 i + v0 i) / (u0 i - v0 i)))) / 2) = x)
    by (intros x; rewrite <- (Psi_inverse_Psi _ _ x p m) at 2; unfold Psi, Delta, log_ratio; f_equal; field);
  rewrite <- (at_limit (Sum n (fun k => X k i * nu k))) at 2;
  apply (above_tangent (q i) (Psi_inverse (u0 i) (v0 i)) (fun y => / sqrt (4 * y ^ 2 + Delta (u0 i) (v0 i) ^ 2)));
  [ exact (slope i hi) | intros y0; exact (curvature_two _ _ y0 p m)
  | intros y0; apply Rinv_0_lt_compat, sqrt_lt_R0; pose proof (pow2_ge_0 y0);
    pose proof (pow2_gt_0 (Delta (u0 i) (v0 i)) (Rgt_not_eq _ _ (Delta_pos _ _ p m))); lra
  | exact ne ].
Ltac kkt_two T := intros n d X y nu q u0 v0 hp hm slope solves;
  parts; try (intros i hi; intros; pose proof (hp i hi) as p; pose proof (hm i hi) as m;
    two_layer_facts (u0 i) (v0 i) p m; two_layer_value p m);
  intros theta solves' differs;
  refine (T d n X y nu q (fun i => Sum n (fun k => X k i * nu k)) _ (fun _ => True) (fun i hi => eq_refl) _ solves
    theta (fun _ _ => I) solves' differs);
  intros i z hi _ ne; pose proof (hp i hi) as p; pose proof (hm i hi) as m;
  assert (simple : forall y, is_derive (q i) y (Psi_inverse (u0 i) (v0 i) y))
    by (intros y0; refine (is_derive_to _ _ _ _ (slope i hi y0) _); rewrite (quotients_cancel _ _ y0 p m);
        unfold Psi_inverse, Delta, log_ratio; reals; ring);
  assert (at_limit : forall x, Psi_inverse (u0 i) (v0 i) (Rabs (u0 i ^ 2 - v0 i ^ 2) * sinh (2 * x + ln (Rabs ((u0 i + v0 i) / (u0 i - v0 i)))) / 2) = x)
    by (intros x; rewrite <- (Psi_inverse_Psi _ _ x p m) at 2; unfold Psi, Delta, log_ratio; f_equal; field);
  rewrite <- (at_limit (Sum n (fun k => X k i * nu k))) at 2;
  apply (above_tangent (q i) (Psi_inverse (u0 i) (v0 i)) (fun y => / sqrt (4 * y ^ 2 + Delta (u0 i) (v0 i) ^ 2)));
  [ exact simple | intros y0; exact (curvature_two _ _ y0 p m)
  | intros y0; apply Rinv_0_lt_compat, sqrt_lt_R0; pose proof (pow2_ge_0 y0);
    pose proof (pow2_gt_0 (Delta (u0 i) (v0 i)) (Rgt_not_eq _ _ (Delta_pos _ _ p m))); lra
  | exact ne ].

(** ** Appendix A.3 *)

Ltac power_value := first [assumption | apply Rpower_pos | lra].
Ltac power_by_quotient T := intros L g u pos; parts; try power_value; rewrite <- (T u L pos); field; lra.
Ltac layer_in_closed_form T := intros g u xi dxi L u0 x0 start rule hL pos bracket_pos t ht;
  destruct (T L u g xi t hL ht x0 (fun s hs => dxi s (proj1 hs)) (fun s hs => rule s (proj1 hs))) as [b e];
  rewrite start in b, e; unfold bracket in b, e; parts; try power_value; exact e.
Ltac theta_in_closed_form T := intros L u0 xi hL pos b; destruct b as [_ b]; parts; try power_value; exact (T L _ hL).
Ltac same_exponent := intros L u0 xi hL pos b; destruct b as [_ b]; parts; try power_value; f_equal; field; split; lra.
Ltac inverse_redundant T := intros L u0 xi hL pos b; destruct b as [_ b]; parts; try power_value; rewrite (T L _ hL b); ring.
Ltac slope_printed_30_fails T := destruct T as [L [u0 [theta [r [hL [pos [above [d ne]]]]]]]];
  exists L, theta, u0, r; parts; power_value.
Ltac slope_30 T := intros L theta u0 hL pos above; eexists; parts; try power_value; [exact (T L _ u0 theta hL above) | reflexivity].
Ltac scaled_slope T := intros L theta u0 hL pos above; parts; try power_value; rewrite (T theta (2 / L) above); field; lra.
Ltac printed_31_fails T := (* L = 3 from 1 with the gradient 1 and xi = -t, at t = 1 *)
  assert (at_1 : forall s, 0 < s -> 0 < Rpower 1 (2 - 3) - 3 * (- s) * (3 - 2))
    by (intros s hs; pose proof (Rpower_pos 1 (2 - 3)); lra);
  pose proof (at_1 1 ltac:(lra)) as b;
  exists (fun _ => 1), (fun t => - t), 3, 1, 1, (-3); parts; try power_value; try (split; power_value);
  [ intros t _; auto_derive; [exact I | ring]
  | apply (is_derive_ext_loc (fun s => Rpower 1 (3 - 2) - (Rpower 1 (2 - 3) - 3 * (- s) * (3 - 2))));
    [ exists (mkposreal 1 Rlt_0_1); intros y hy; change (Rabs (y - 1) < 1) in hy; apply Rabs_def2 in hy;
      rewrite (T 3 _ ltac:(lra) (at_1 y ltac:(lra))); reflexivity
    | auto_derive; [exact I | ring] ] ].
Ltac mirror_flow_redundant T := intros g gradQ xi dxi L u0 x0 q0 dq hL pos bracket_pos t ht;
  destruct (bracket_pos t ht) as [_ b]; parts; try power_value;
  assert (same : gradQ t = xi t)
    by (pose proof (constant_of_zero_slope (fun r => gradQ r - xi r) t ht) as same; cbv beta in same;
        rewrite x0, q0 in same; enough (gradQ t - xi t = 0 - 0) by lra; apply same; intros r [hr _];
        refine (is_derive_to _ _ _ _ (is_derive_minus _ _ r _ _ (dq r hr) (dxi r hr)) _); reals; ring);
  rewrite same, (T L _ hL b); field; lra.
Ltac printed_32_fails T := (* L = 3 from 1 and from 2, at xi = -1 *)
  assert (one : Rpower 1 (2 - 3) = 1) by (replace (2 - 3) with (- (1)) by ring; rewrite Rpower_Ropp, Rpower_1 by lra; lra);
  assert (two : Rpower 2 (2 - 3) = / 2) by (replace (2 - 3) with (- (1)) by ring; rewrite Rpower_Ropp, Rpower_1 by lra; reflexivity);
  exists 3, 1, 2, (-1); parts; try power_value; try (split; [lra|]); try (rewrite one; lra); try (rewrite two; lra);
  rewrite (T 3 (Rpower 1 (2 - 3) - 3 * (-1) * (3 - 2)) ltac:(lra) ltac:(rewrite one; lra));
  rewrite (T 3 (Rpower 2 (2 - 3) - 3 * (-1) * (3 - 2)) ltac:(lra) ltac:(rewrite two; lra));
  rewrite one, two; replace (3 - 2) with 1 by ring; rewrite !Rpower_1 by lra; lra.
Ltac equal_slopes T := intros L u0 u1 xi hL pos b pos' b' _; destruct b as [_ b]; destruct b' as [_ b']; parts; try power_value;
  rewrite (T L _ hL b), (T L _ hL b'); ring.
Ltac kkt_redundant T := intros n d X y nu q L u0 hL pos b slope solves;
  parts; try (intros i hi; intros; pose proof (hL i hi); pose proof (proj2 (b i hi)); pose proof (pos i hi); power_value);
  intros theta inside solves' differs;
  refine (T d n X y nu q (fun i => Sum n (fun k => X k i * nu k)) _ (fun x => 0 < x) (fun i hi => eq_refl) _ solves
    theta inside solves' differs);
  intros i z hi hz ne; pose proof (hL i hi) as deep; pose proof (proj2 (b i hi)) as bp;
  set (x := Sum n (fun k => X k i * nu k)) in *; set (B := Rpower (u0 i) (2 - L i) - L i * x * (L i - 2)) in *;
  assert (at_limit : x = (Rpower (u0 i) (2 - L i) - Rpower (Rpower B (- (L i / (L i - 2)))) (2 / L i) / Rpower B (- (L i / (L i - 2)))) / L i / (L i - 2))
    by (rewrite Rpower_over by apply Rpower_pos; rewrite (theta_power (L i) B deep bp); unfold B; field; lra);
  rewrite at_limit;
  apply (above_tangent_between (q i) (fun th => (Rpower (u0 i) (2 - L i) - Rpower th (2 / L i) / th) / L i / (L i - 2))
    (fun th => Rpower th (2 / L i - 2) / L i ^ 2)); [|exact ne];
  intros th hth; assert (0 < th) by (apply Rlt_le_trans with (2 := proj1 hth); apply Rmin_glb_lt; [apply Rpower_pos | exact hz]);
  parts; [ apply slope; assumption | apply curvature_redundant; assumption
  | apply Rdiv_lt_0_compat; [apply Rpower_pos | apply pow2_gt_0; lra] ].
Ltac curvature_by_quotient T := intros L theta hL above; parts; try power_value;
  replace (- (2 * (L - 1) / L)) with (2 / L - 1 - 1) by (field; lra); rewrite <- !T by exact above; field; lra.
Ltac one_factor_less T := intros L g u pos; parts; try power_value;
  replace (L - 1) with (1 + (L - 2)) by ring; rewrite <- T, Rpower_1 by exact pos; ring.
Ltac negative_root_fails := (* u(0) = -1, xi = -1: the root of 9 is positive *)
  assert (nine : / (-1) ^ 2 - 8 * -1 = 9) by field; exists (-1), (-1); rewrite nine; parts; try lra;
  pose proof (Rinv_0_lt_compat _ (sqrt_lt_R0 9 ltac:(lra))); lra.
Ltac linear_solved T := (* x' = c x with E' = c is a mode with g = -c, xi = E *)
  intros E c x dE u0 E0 x0 dx t ht; rewrite <- x0, <- (Rmult_1_l (E t));
  apply (T x (fun r => - c r) E 1 t ltac:(ring) ht E0); intros r [hr _];
  [ apply (is_derive_to _ _ _ _ (dE r hr)) | apply (is_derive_to _ _ _ _ (dx r hr)) ]; reals; ring.
(** ** Appendix A.4 *)

Ltac chain_of_squares := intros; match goal with less : ?a ^ 2 < _ |- _ => pose proof (pow2_ge_0 a); lra end.
Ltac commuting_fields T := intros L d a b n w ha hb hn; exact (T L d a b n w).
Ltac full_rank T := intros L d w c hL inside dependent a ha; exact (T L d w c ltac:(lia) inside dependent a ha).
Ltac rectangle T := intros L d a b s t w w1 w2 ha hb ne first second;
  destruct (T L d a b s t w w1 w2 ha hb ne first second) as [v1 [go_b [v2 [go_a same]]]]; exists v1, v2; parts; assumption.

(** ** Section 1 *)

Ltac residual_slope T := intros n r theta x hn dtheta t ht; eexists; split;
  [ apply is_derive_Sum; intros k hk; apply (is_derive_pow (fun s => theta s * x k + r k) 2 t (x k));
    refine (is_derive_to _ _ _ _ (is_derive_plus _ _ t _ _
      (is_derive_ext _ _ _ _ (fun y => Rmult_comm (x k) (theta y)) (is_derive_scal theta t (x k) _ (dtheta t ht)))
      (is_derive_const (r k) t)) _); reals; ring
  | apply Sum_ext; intros; simpl; ring ].
Ltac layer_slope T := intros L u hL j r x hj; eexists; split;
  [ exact (is_derive_plus (fun _ => r) (fun y => x * Prod L (put j y u)) (u j) _ _
      (is_derive_const r (u j)) (is_derive_scal (fun y => Prod L (put j y u)) (u j) x _ (T L j u hj)))
  | change (0 + x * Prod L (but j u) = x * Prod L (but j u)); ring ].
Ltac sum_moves := intros g1 g2 x y z dx dy dz t ht; eexists; split;
  [ exact (is_derive_plus y (fun s => x s * z s ^ 2) t _ _ (dy t ht)
      (is_derive_mult x (fun s => z s ^ 2) t _ _ (dx t ht) (is_derive_pow z 2 t _ (dz t ht)) (fun a b => Rmult_comm a b)))
  | reals; ring ].

(** ** Beyond the paper *)

Ltac factor_apart T := intros L u hL a j ha hj ne; rewrite (T L a (but j (fun k => u k)) ha); rewrite but_other by auto;
  f_equal; apply Prod_ext; intros k _; unfold but; destruct (Nat.eqb k a), (Nat.eqb k j); reflexivity.
Ltac zero_factor := intros L u hL a j ha hj ne z; rewrite z; ring.
Ltac not_at_rest := exists 1; lra.
Ltac apart_in_step T := intros L u hL j k hj hk ne; rewrite (T L k (but j (fun i => u i)) hk); now rewrite but_other by auto.
Ltac apart_in_step_too T := intros L u hL j k hj hk ne; rewrite (T L j (but k (fun i => u i)) hj); rewrite but_other by auto;
  f_equal; apply Prod_ext; intros i _; unfold but; destruct (Nat.eqb i j), (Nat.eqb i k); reflexivity.
Ltac halves_conserved T := intros L g u hL flow j k t hj hk ht; pose proof (until _ _ _ t flow) as F;
  pose proof (T L t u g F j k t hj hk (conj ht (Rle_refl t))); lra.
Ltac conjugate_grows T := intros L Qstar g u u0 xi hL flow dxi j hj start q0 dq t ht; rewrite <- start;
  pose proof (until _ _ _ t flow) as F;
  pose proof (constant_of_zero_slope (fun r => Qstar r - u j r ^ 2 / 2) t ht) as same; cbv beta in same; rewrite q0 in same;
  enough (Qstar t - u j t ^ 2 / 2 = 0 - u j 0 ^ 2 / 2) by lra; apply same; intros r hr;
  refine (is_derive_to _ _ _ _ (is_derive_minus _ _ r _ _ (dq r (proj1 hr))
    (is_derive_ext _ _ _ _ (fun y => Rmult_comm (/ 2) (u j y ^ 2)) (is_derive_scal _ r (/ 2) _ (T L t u g F j r hj hr)))) _);
  reals; field.
Ltac exponent_ones T := intros L theta hL above; parts; try power_value; rewrite (T theta (2 / L) above); reflexivity.
Ltac euler T := intros L u hL j hj; symmetry; exact (T L j (fun k => u k) hj).

(** On all of M: ties *)
Ltac entropy_on_all_of_M T := intros L d w hL on_M; exact (T L d w ltac:(lia) on_M).
Ltac tied_layer T := intros L e g u hL flow j l t hj hl ht same ne; eexists; split; [exact (flow l t hl ht)|];
  rewrite (T L j (but l (fun m1 => u m1 t)) hj), but_other by exact ne; rewrite same;
  replace (Prod L (but j (but l (fun m1 => u m1 t)))) with (Prod L (but l (but j (fun m1 => u m1 t))))
    by (apply Prod_ext; intros k _; unfold but; destruct (Nat.eqb k j), (Nat.eqb k l); reflexivity); ring.
Ltac tied_factor T := intros L v0 hL j v1 hj tie ne;
  rewrite (T L j (but 0%nat (fun m1 => v1 ^ 2 + v0 m1 ^ 2 - v0 0%nat ^ 2)) hj), but_other by exact ne;
  replace (Prod L (but j (but 0%nat (fun m1 => v1 ^ 2 + v0 m1 ^ 2 - v0 0%nat ^ 2))))
    with (Prod L (but 0%nat (but j (fun m1 => v1 ^ 2 + v0 m1 ^ 2 - v0 0%nat ^ 2))))
    by (apply Prod_ext; intros k _; unfold but; destruct (Nat.eqb k j), (Nat.eqb k 0); reflexivity);
  rewrite tie; ring.
Ltac roots_above T := intros L v0 v1 hL rule t ht pos least; apply T; intros k hk ne; pose proof (least k hk ne);
  pose proof (pow2_ge_0 (v1 t)); lra.
(** x * prod sqrt(x^2 + Delta_k), where x moves at speed 1. *)
Ltac root_product T := intros L v0 v1 hL rule t ht; intros;
  assert (pos : forall k : nat, (k < L)%nat -> k <> 0%nat -> 0 < v1 t ^ 2 + v0 k ^ 2 - v0 0%nat ^ 2)
    by (intros k hk ne; pose proof (pow2_ge_0 (v1 t));
        match goal with least : forall k : nat, _ |- _ => pose proof (least k hk ne) end; nra);
  assert (slopes : forall k : nat, (k < L)%nat -> k <> 0%nat ->
      is_derive (fun s => sqrt (v1 s ^ 2 + v0 k ^ 2 - v0 0%nat ^ 2)) t (v1 t / sqrt (v1 t ^ 2 + v0 k ^ 2 - v0 0%nat ^ 2))
      /\ sqrt (v1 t ^ 2 + v0 k ^ 2 - v0 0%nat ^ 2) <> 0)
    by (intros k hk ne; pose proof (pos k hk ne) as p; set (b := v0 k ^ 2) in *; set (c := v0 0%nat ^ 2) in *;
        pose proof (sqrt_lt_R0 _ p); split; [|lra];
        refine (is_derive_to _ _ _ _ (is_derive_comp (fun x => sqrt (x ^ 2 + b - c)) v1 t
          (v1 t / sqrt (v1 t ^ 2 + b - c)) 1 _ (rule t ht)) _);
        [ auto_derive; [simpl in *; lra | replace (v1 t * (v1 t * 1)) with (v1 t ^ 2) by ring; unfold Rminus in *; field; lra]
        | reals; ring ]);
  eexists; parts;
  [ exact pos | intros k hk ne; pose proof (pos k hk ne); lra | intros k hk ne; left; exact (pos k hk ne)
  | exact (is_derive_mult v1 _ t _ _ (rule t ht)
      (T L 0%nat (fun k s => sqrt (v1 s ^ 2 + v0 k ^ 2 - v0 0%nat ^ 2)) _ t slopes) (fun a b => Rmult_comm a b))
  | assert (halves : v1 t * Sum L (drop 0%nat (fun k =>
        v1 t / sqrt (v1 t ^ 2 + v0 k ^ 2 - v0 0%nat ^ 2) / sqrt (v1 t ^ 2 + v0 k ^ 2 - v0 0%nat ^ 2)))
      = Sum L (drop 0%nat (fun k => v1 t ^ 2 / (v1 t ^ 2 + v0 k ^ 2 - v0 0%nat ^ 2))));
    [ rewrite <- Sum_scal; apply Sum_ext; intros k hk; unfold drop; destruct (Nat.eqb_spec k 0) as [|ne]; [ring|]; pose proof (pos k hk ne) as p;
      set (b := v1 t ^ 2 + v0 k ^ 2 - v0 0%nat ^ 2) in *; pose proof (sqrt_lt_R0 _ p);
      replace (v1 t ^ 2 / b) with (v1 t ^ 2 / (sqrt b * sqrt b)) by (rewrite sqrt_sqrt by lra; reflexivity); field; lra
    | rewrite <- halves; reals; ring ] ].
Ltac relative_entropy := intros Q_ theta rule theta0 t0 q0 dq pos p0 t ht;
  assert (quotient : 0 < theta t / theta0) by (apply Rdiv_lt_0_compat; [exact (pos t ht) | exact p0]);
  parts; [lra | exact quotient |];
  pose proof (constant_of_zero_slope (fun r => Q_ r - (theta r * ln (theta r / theta0) / 2 - theta r / 2)) t ht) as same;
  cbv beta in same; rewrite q0, t0 in same; replace (theta0 / theta0) with 1 in same by (field; lra); rewrite ln_1 in same;
  enough (Q_ t - (theta t * ln (theta t / theta0) / 2 - theta t / 2) = 0 - (theta0 * 0 / 2 - theta0 / 2)) by lra;
  apply same; intros r [hr _]; destruct (dq r hr) as [_ [_ d]]; pose proof (pos r hr) as pr;
  refine (is_derive_to _ _ _ _ (is_derive_minus _ _ r _ _ d
    (is_derive_comp (fun y => y * ln (y / theta0) / 2 - y / 2) theta r (ln (theta r / theta0) / 2) 1 _ (rule r hr))) _);
  [ auto_derive; [apply Rdiv_lt_0_compat; assumption | unfold Rdiv; field; lra] | reals; ring ].
Ltac relative_slope := intros gradQ theta rule theta0 t0 q0 dq pos p0 t ht;
  assert (quotient : 0 < theta t / theta0) by (apply Rdiv_lt_0_compat; [exact (pos t ht) | exact p0]);
  parts; [lra | exact quotient |];
  pose proof (constant_of_zero_slope (fun r => gradQ r - ln (theta r / theta0) / 2) t ht) as same;
  cbv beta in same; rewrite q0, t0 in same; replace (theta0 / theta0) with 1 in same by (field; lra); rewrite ln_1 in same;
  enough (gradQ t - ln (theta t / theta0) / 2 = 0 - 0 / 2) by lra;
  apply same; intros r [hr _]; destruct (dq r hr) as [_ d]; pose proof (pos r hr) as pr;
  refine (is_derive_to _ _ _ _ (is_derive_minus _ _ r _ _ d
    (is_derive_comp (fun y => ln (y / theta0) / 2) theta r (/ theta r / 2) 1 _ (rule r hr))) _);
  [ auto_derive; [apply Rdiv_lt_0_compat; assumption | field; lra] | reals; field; lra ].
(** Rates *)
Ltac metric_by_least T := intros L u hL l hl nonzero; split; [exact nonzero|]; rewrite <- Sum_scal; apply Sum_ext; intros j hj;
  unfold drop; destruct (Nat.eqb_spec j l) as [|ne]; [ring|]; pose proof (nonzero j hj ne) as nz;
  rewrite (T L l (but j (fun m1 => u m1 ^ 2)) hl), (T L j (but l (fun m1 => u m1 ^ 2)) hj), !but_other by auto;
  replace (Prod L (but j (but l (fun m1 => u m1 ^ 2)))) with (Prod L (but l (but j (fun m1 => u m1 ^ 2))))
    by (apply Prod_ext; intros k _; unfold but; destruct (Nat.eqb k j), (Nat.eqb k l); reflexivity); field; exact nz.
Ltac square_by_least T := intros L u hL l hl; change (Prod L (fun m1 => u m1)) with (Prod L u);
  rewrite (T L l u hl), (Prod_but_square L l u); ring.
Ltac square_kept := intros L u u0 hL j l hj hl kept ne; pose proof (kept j hj ne); lra.
(** prod (w + Delta_k) and sum 1 / (w + Delta_k), where w moves at speed 1. *)
Ltac product_in_w T := intros L u0 w hL rule l t hl ht pos least; eexists; parts;
  [ intros k hk ne; pose proof (least k hk ne); lra
  | apply (T L l (fun k s => w s + u0 k ^ 2 - u0 l ^ 2) (fun _ => 1) t); intros k hk ne; pose proof (least k hk ne); split; [|lra];
    refine (is_derive_to _ _ _ _ (is_derive_comp (fun y => y + u0 k ^ 2 - u0 l ^ 2) w t 1 1 _ (rule t ht)) _);
    [auto_derive; [exact I | ring] | reals; ring]
  | f_equal; apply Sum_drop_ext; intros; unfold Rdiv; ring ].
Ltac inverses_in_w T := intros L u0 w hL rule l t hl ht pos least;
  exists (Sum L (drop l (fun k => - / (w t + u0 k ^ 2 - u0 l ^ 2) ^ 2))); parts;
  [ intros k hk ne; pose proof (least k hk ne); lra
  | apply (T L (fun k s => drop l (fun k => / (w s + u0 k ^ 2 - u0 l ^ 2)) k)); intros k hk; unfold drop;
    destruct (Nat.eqb_spec k l) as [|ne]; [apply (is_derive_const 0)|]; pose proof (least k hk ne);
    refine (is_derive_to _ _ _ _ (is_derive_comp (fun y => / (y + u0 k ^ 2 - u0 l ^ 2)) w t
      (- / (w t + u0 k ^ 2 - u0 l ^ 2) ^ 2) 1 _ (rule t ht)) _);
    [ auto_derive; [lra | field; lra] | reals; ring ]
  | replace (- Sum L _) with (-1 * Sum L (drop l (fun k => / (w t + u0 k ^ 2 - u0 l ^ 2) ^ 2))) by ring;
    rewrite <- Sum_scal; apply Sum_ext; intros; unfold drop; destruct (Nat.eqb _ l); ring ].
(** Maclaurin's inequality, with the term of the least layer apart; strictly, where there are three layers *)
Ltac means_of_inverses T := intros L u0 w hL rule l t hl ht pos least; intros;
  set (D := fun k : nat => u0 k ^ 2 - u0 l ^ 2);
  assert (gap_l : D l = 0) by (unfold D; ring);
  assert (gaps : forall k : nat, (k < L)%nat -> 0 <= D k)
    by (intros k hk; destruct (Nat.eq_dec k l) as [->|ne]; [rewrite gap_l; lra | pose proof (least k hk ne); unfold D; lra]);
  assert (squares : forall k : nat, shifted D (w t) k = w t + u0 k ^ 2 - u0 l ^ 2) by (intros; unfold shifted, D; ring);
  assert (own : w t + u0 l ^ 2 - u0 l ^ 2 = w t) by ring;
  assert (V : volume L D (w t) = w t * Prod L (but l (fun m1 => w t + u0 m1 ^ 2 - u0 l ^ 2)))
    by (unfold volume; rewrite (Prod_apart L l) by exact hl; rewrite squares, own; f_equal;
        apply Prod_but_ext; intros; apply squares);
  assert (S1 : Sum L (fun k => / shifted D (w t) k) = / w t + Sum L (drop l (fun m1 => / (w t + u0 m1 ^ 2 - u0 l ^ 2))))
    by (rewrite (Sum_apart L l) by exact hl; rewrite squares, own; f_equal;
        apply Sum_drop_ext; intros; f_equal; apply squares);
  assert (S2 : Sum L (fun k => (/ shifted D (w t) k) ^ 2)
      = / w t ^ 2 + Sum L (drop l (fun m1 => / (w t + u0 m1 ^ 2 - u0 l ^ 2) ^ 2)))
    by (rewrite (Sum_apart L l) by exact hl; rewrite squares, own; f_equal; [field; lra|];
        apply Sum_drop_ext; intros k hk ne; rewrite squares; pose proof (least k hk ne); field; lra);
  assert (P_pos : 0 < Prod L (but l (fun m1 => w t + u0 m1 ^ 2 - u0 l ^ 2)))
    by (apply Prod_but_pos; intros k hk ne; pose proof (least k hk ne); lra);
  first [ generalize (T L D hL gaps (w t) pos)
        | generalize (T L l D hL hl gap_l gaps (w t) ltac:(apply INR_le; simpl; lra)
            ltac:(intros k hk ne; pose proof (least k hk ne); unfold D; lra) pos) ];
  rewrite V, S1, S2; intros m; set (P := Prod L (but l (fun m1 => w t + u0 m1 ^ 2 - u0 l ^ 2))) in *;
  parts;
  [ lra | lra | apply Rdiv_lt_0_compat; [apply Rdiv_lt_0_compat; lra | exact P_pos] | apply not_0_INR; lia
  | intros k hk ne; pose proof (least k hk ne); lra
  | replace (1 / w t / P) with (/ (w t * P)) by (field; lra); lra ].
Ltac excess_from_start T := intros L A H H_2 w hL dw dA dH sigma w0 A0 two t ht A_pos H_pos means;
  parts; [ apply Rmult_lt_0_compat; [apply A_pos; lra | rewrite (w_is_time w dw w0) by lra; exact ht] | apply not_0_INR; lia |];
  replace (A t ^ 2 * (1 + H t * w t) ^ 2) with ((A t * (1 + H t * w t)) ^ 2) by ring;
  apply (T L A H H_2 w sigma t hL dw dA dH w0 A0 ht A_pos H_pos); intros s hs; destruct (means s hs) as [wn [an [_ [_ m]]]];
  replace (/ (A s * w s)) with (1 / A s / w s) by (field; split; assumption); lra.
(** What moves at most at G has come at most as far as G * t. *)
Ltac at_most_G T := intros g t_ xi dt dxi G t0 xi0 t ht below;
  pose proof (T (fun s => G * t_ s - xi s) (fun s => G * 1 - - g s) t ht
    (fun s hs => is_derive_minus _ _ s _ _ (is_derive_scal t_ s G _ (dt s (proj1 hs))) (dxi s (proj1 hs)))
    ltac:(intros s hs; pose proof (below s hs); lra)) as up; cbv beta in up; rewrite t0, xi0 in up; lra.
Ltac at_least_minus_G T := intros g t_ xi dt dxi G t0 xi0 t ht below;
  pose proof (T (fun s => xi s + G * t_ s) (fun s => - g s + G * 1) t ht
    (fun s hs => is_derive_plus _ _ s _ _ (dxi s (proj1 hs)) (is_derive_scal t_ s G _ (dt s (proj1 hs))))
    ltac:(intros s hs; pose proof (below s hs); lra)) as up; cbv beta in up; rewrite t0, xi0 in up; lra.
Ltac gap_where_zero T := intros L u u0 hL l hl kept z; apply T; intros k hk ne; pose proof (kept k hk ne) as c; rewrite z in c; lra.
Ltac strictly_above := intros M R_ sigma bound ne; pose proof (pow2_gt_0 R_ ne); lra.
Ltac two_layers_equal := intros u0 w rule t ht pos least; parts; [lra | field; lra].
Ltac three_layers_differ := (* the squares 1, 2, 2: M = 8, sigma = 1, theta^2 = 4 *)
  assert (power : Rpower 4 (4/3) <> 7)
    by (intros e; assert (cube : Rpower 4 (4/3) * Rpower 4 (4/3) * Rpower 4 (4/3) = 256)
      by (rewrite <- !Rpower_plus; replace (4/3 + 4/3 + 4/3) with (INR 4) by (simpl; field); rewrite Rpower_pow by lra; simpl; ring);
      rewrite e in cube; lra);
  exists (fun k => match k with O => 0 | _ => 1 end), (fun t => t), 1; parts; try lra;
  [ intros t _; apply (is_derive_id t) | intros claim; apply power; revert claim;
    replace (1 * (1 + 1 ^ 2 - 0 ^ 2) * (1 + 1 ^ 2 - 0 ^ 2)) with 4 by ring; intros claim; field_simplify in claim; lra ].
