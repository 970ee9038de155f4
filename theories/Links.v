(** How a theorem T of the library gives the statement that is generated from a claim: one tactic for each proposition.

    The theorem is an argument, so that it can be replaced by another statement: then the tactic has to fail. *)
From Coq Require Import Reals Arith ZArith Lia Lra Psatz.
From Coquelicot Require Import Coquelicot.
From DDLN Require Import Products Calculus Layers Flow Theorem2 Theorem1 Parametrization TwoLayers Redundant Minimizer Refuted.
Open Scope R_scope.

(** ** What many of them do *)

Ltac parts := repeat match goal with |- _ /\ _ => split end.
(** The derivative of a sum of known ones. *)
Ltac known_slopes := auto_derive; repeat split; eexists; eauto.
(** A rule that goes in comes out. *)
Ltac rule_out := intros; eexists; split; [eauto|ring].
(** That a term has a value: nonzero denominators, positive logarithms, radicands. *)
Ltac has_value := first
  [ assumption | lra | apply Rpower_pos | apply exp_pos
  | apply quotient_pos; assumption
  | apply Rgt_not_eq, Delta_pos; assumption
  | match goal with |- 0 < Rabs (_ ^ 2 - _ ^ 2) => apply Delta_pos; assumption end
  | match goal with |- ?a ^ 2 - ?b ^ 2 <> 0 => replace (a ^ 2 - b ^ 2) with ((a + b) * (a - b)) by ring;
      apply Rmult_integral_contrapositive_currified; assumption end
  | match goal with |- 0 <= ?a => assert (0 < a) by has_value_pos; lra end
  | has_value_pos ]
with has_value_pos := match goal with
  | |- 0 < 1 + ?x ^ 2 => pose proof (pow2_ge_0 x); lra
  end.

(** ** Section 2.1 *)

Ltac product_apart T := intros L u hL j hj; exact (T L j u hj).
Ltac partial_of_product T := intros L u hL j hj; eexists; split;
  [refine (is_derive_ext _ _ _ _ _ (T L j u hj)); intro x; exact (Prod_apart L j _ hj) | reflexivity].
Ltac no_partial_outside := intros; eexists; split; [apply is_derive_const | reflexivity].

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
  | intro claim; specialize (claim ltac:(lia)); apply (Rlt_irrefl _ claim) ].
Ltac argmin_unique := intros modulus k m hk hm least ne; exact (least k hk ne).
Ltac swap_cases := repeat match goal with |- context [Z.eqb ?a ?b] => destruct (Z.eqb_spec a b) end.
Ltac swap_in_range := intros L i j m hL hi hj hm image hjL hmL; subst i; swap_cases; lia.
Ltac swap_twice := intros i j m hi hj hm image; subst i; swap_cases; lia.
Ltac swap_least := intros modulus i j m hi hj hm image least ne; subst i;
  destruct (Z.eqb_spec j 1); [lia|]; destruct (Z.eqb_spec j m) as [->|nm]; apply least; lia.
Ltac swapped T := intros L u hL m hm ne; rewrite (T L u m) by (lia || assumption); f_equal;
  apply Prod_ext; intros k _; unfold but; destruct (Nat.eqb k m), (Nat.eqb k 0); reflexivity.

Ltac root_of_least T := intros L g u hL flow j l t hj hl ht less; pose proof (until _ _ _ t flow) as F;
  destruct (T L t u g F j l t hj hl (conj ht (Rle_refl t)) less) as [pos e];
  replace (u j 0 ^ 2 + u l t ^ 2 - u l 0 ^ 2) with (u l t ^ 2 + (u j 0 ^ 2 - u l 0 ^ 2)) by ring;
  split; [lra | rewrite e at 1; ring].

(** The roots of (8): their signs apart. *)
Ltac signs_apart v0 := rewrite (sign_Prod_but _ 0 (fun k => v0 k));
  rewrite (Prod_but_mult _ 0 _ (fun k => sign (v0 k))).
Ltac radicands := intros; match goal with least : forall k : nat, _ |- 0 <= ?v ^ 2 + ?w ?m ^ 2 - ?w 0%nat ^ 2 =>
  pose proof (pow2_ge_0 v); destruct (Nat.eq_dec m 0) as [->|]; [lra | pose proof (least m ltac:(assumption) ltac:(assumption)); lra] end.
Ltac first_layer_moves T := intros L g v0 v1 hL rule t ht least; destruct (rule t ht) as [def d];
  eexists; parts; [exact def | exact d |]; rewrite T, Prod_but_mult; ring.
Ltac theta_from_first T := intros L g v0 v1 hL rule t ht least; destruct (rule t ht) as [def d];
  parts; [exact def |]; rewrite T, Prod_but_mult; ring.
Ltac theta_from_all_fails T := (* along the flow of the loss theta from (1, 2) *)
  pose proof T as fails; destruct crossing_start as [a b]; destruct crossing_end as [late _];
  exists 2%nat, (fun _ => 1), (fun k => INR (S k)), (crossing 0), (ln 3);
  assert (root : forall t, crossing 0 t ^ 2 + INR 2 ^ 2 - INR 1 ^ 2 = crossing 0 t ^ 2 + 3) by (intro; simpl; ring);
  assert (two : sign (INR 2) = 1) by (apply sign_eq_1; simpl; lra);
  parts; [lia | | exact late | | intros [|[|m]] hm ne; [lia | simpl; nra | lia] | intros [|[|m]] hm; [simpl; nra | simpl; nra | lia] |];
  [ intros t ht; split; [intros [|[|m]] hm ne; [lia | simpl; nra | lia]|];
    apply (is_derive_to _ _ _ _ (crossing_flow 0 t ltac:(lia))); unfold but; cbn -[INR pow];
    rewrite root, crossing_root, two; ring
  | intros [|[|m]] hm ne; [lia | simpl; lra | lia]
  | intro claim; apply fails; rewrite a, b; revert claim; unfold but; cbn -[INR pow];
    rewrite root, crossing_root, two;
    replace (crossing 0 (ln 3) ^ 2 + INR 1 ^ 2 - INR 1 ^ 2) with (crossing 0 (ln 3) ^ 2 + 0) by ring;
    replace (1 * INR 1 * INR 2) with (1 * 2) by (simpl; ring); intro claim; rewrite crossing_root; lra ].
Ltac first_of_two_moves := intros g v0 v1 rule t ht less; destruct (rule t ht) as [def d]; eexists; parts; [exact def | exact d | ring].
Ltac index_beyond_d := exists 2%Z, 1%Z, 2%Z; lia.
Ltac in_range := intros; lia.

Ltac tangent T := intros g v1 xi a dxi x0 v0 dv ha away t ht; parts; [apply away; exact ht|];
  apply (T g xi v1 a t ht ha x0 v0); [intros s [hs _]; exact (dxi s hs)|]; intros s [hs _];
  apply (is_derive_to _ _ _ _ (dv s hs)); rewrite sign_eq_1 by (apply pow2_gt_0; exact ha); ring.
Ltac same_slopes := (* two functions with the same slopes and the same start *)
  match goal with |- ?f ?t = ?rhs => enough (f t - rhs = 0) by lra end.
Ltac integral_is_gradient T := intros L I_ g gradQ v0 v1 hL rule dI I0 q0 dq least t ht;
  set (s := sign (Prod L (but 0%nat (fun m1 => v0 m1)))) in *;
  assert (ss : s * s = 1) by (unfold s; rewrite T, <- Prod_but_mult; apply Prod_one; intros k hk; unfold but;
    destruct (Nat.eqb_spec k 0) as [|ne]; [reflexivity | apply sign_square_1; intro z; pose proof (least k hk ne);
    rewrite z in *; pose proof (pow2_ge_0 (v0 0%nat)); lra]);
  pose proof (constant_of_zero_slope (fun r => gradQ r - I_ r * s) t ht) as same; cbv beta in same;
  rewrite I0, q0 in same; enough (gradQ t - I_ t * s = 0 - 0 * s) by lra; apply same; intros r [hr _];
  refine (is_derive_to _ _ _ _ (is_derive_minus _ _ r _ _ (dq r hr)
    (is_derive_ext _ _ _ _ (fun y => Rmult_comm s (I_ y)) (is_derive_scal I_ r s _ (dI r hr)))) _);
  reals; replace (- g r + - (s * - (g r * s))) with (g r * (s * s - 1)) by ring; rewrite ss; ring.

(** ** Section 2.2 *)

Ltac whole := intros; parts; try lia.
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
Ltac at_time_fails T := destruct T as [gradient [u [flow [t [r [ht [pos [d ne]]]]]]]];
  exists 2%nat, gradient, u, t, r; parts; try assumption; [lia | lra].
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
Ltac mode_solved T s := intros g xi z dxi z0 x0 start dz t ht; rewrite <- start;
  pose proof (T z g xi s t ltac:(ring) ht x0) as m;
  [ replace (xi t) with (s * xi t) by ring || replace (- xi t) with (s * xi t) by ring; apply m; intros r [hr _];
    [exact (dxi r hr) | apply (is_derive_to _ _ _ _ (dz r hr)); ring ] ].
Ltac mode_plus_solved T := intros g xi z dxi z0 x0 start dz t ht; rewrite <- start, <- (Rmult_1_l (xi t));
  apply (T z g xi 1 t ltac:(ring) ht x0); intros r [hr _]; [exact (dxi r hr) | apply (is_derive_to _ _ _ _ (dz r hr)); ring].
Ltac mode_minus_solved T := intros g xi z dxi z0 x0 start dz t ht; rewrite <- start;
  replace (- xi t) with (-1 * xi t) by ring; apply (T z g xi (-1) t ltac:(ring) ht x0); intros r [hr _];
  [exact (dxi r hr) | apply (is_derive_to _ _ _ _ (dz r hr)); ring].
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
