(** Appendices A.1 and A.2: two layers, theta = u * v.  The modes, (25), (26), (17), the inverse of Psi, and the entropy
    (20) with the prefactor of its first sum left open: printed 1/2, right 1/4. *)
From Coq Require Import Reals Lra Psatz.
From Coquelicot Require Import Coquelicot.
From DDLN Require Import Calculus.
Open Scope R_scope.

(** log |(u0 + v0) / (u0 - v0)| and Delta_0 = |u0^2 - v0^2|. *)
Definition log_ratio u0 v0 := ln (Rabs ((u0 + v0) / (u0 - v0))).
Definition Delta u0 v0 := Rabs (u0 ^ 2 - v0 ^ 2).

(** (A) for two layers: neither mode starts at zero. *)
Lemma modes_of_A u0 v0 : Rabs u0 <> Rabs v0 <-> u0 + v0 <> 0 /\ u0 - v0 <> 0.
Proof.
  split.
  - intro A. split; intro e; apply A.
    + replace u0 with (- v0) by lra. apply Rabs_Ropp.
    + f_equal. lra.
  - intros [p m] e. apply Rsqr_eq_asb_1 in e. unfold Rsqr in e.
    assert (z : (u0 + v0) * (u0 - v0) = 0) by lra. apply Rmult_integral in z. tauto.
Qed.

Lemma quotient_pos a b : a <> 0 -> b <> 0 -> 0 < Rabs (a / b).
Proof.
  intros ha hb. apply Rabs_pos_lt. unfold Rdiv. apply Rmult_integral_contrapositive_currified; [easy|now apply Rinv_neq_0_compat].
Qed.
Lemma Delta_pos u0 v0 : u0 + v0 <> 0 -> u0 - v0 <> 0 -> 0 < Delta u0 v0.
Proof.
  intros p m. apply Rabs_pos_lt. replace (u0 ^ 2 - v0 ^ 2) with ((u0 + v0) * (u0 - v0)) by ring.
  now apply Rmult_integral_contrapositive_currified.
Qed.

(** (24), (25): a mode with z' = -s z g, s = +1 or -1, is z(0) exp(s xi), where xi' = -g and xi = 0 at the start. *)
Theorem mode (z g xi : R -> R) s T : s * s = 1 -> 0 <= T -> xi 0 = 0 ->
  (forall t, 0 <= t <= T -> is_derive xi t (- g t)) -> (forall t, 0 <= t <= T -> is_derive z t (- (s * g t * z t))) ->
  z T = z 0 * exp (s * xi T).
Proof.
  intros ss hT start dxi dz.
  assert (k : z T * exp (- s * xi T) = z 0 * exp (- s * xi 0)).
  { apply (constant_of_zero_slope (fun t => z t * exp (- s * xi t)) T hT). intros t ht.
    assert (de : is_derive (fun t => exp (- s * xi t)) t (- s * (- g t) * exp (- s * xi t))).
    { apply (is_derive_to _ _ _ _ (is_derive_comp exp (fun t => - s * xi t) t _ _ (is_derive_exp _) (is_derive_scal xi t (- s) _ (dxi t ht)))).
      reals. ring. }
    apply (is_derive_to _ _ _ _ (is_derive_mult z _ t _ _ (dz t ht) de (fun a b => Rmult_comm a b))). reals. ring. }
  rewrite start, Rmult_0_r, exp_0, Rmult_1_r in k. rewrite <- k, Rmult_assoc, <- exp_plus.
  replace (- s * xi T + s * xi T) with 0 by ring. rewrite exp_0. ring.
Qed.

(** (26), second form: the difference of the exponentials is a hyperbolic sine. *)
Theorem modes_sinh a b xi : a <> 0 -> b <> 0 ->
  a ^ 2 * exp (2 * xi) / 4 - b ^ 2 * exp (- (2 * xi)) / 4 = Rabs (a * b) / 2 * sinh (2 * xi + ln (Rabs (a / b))).
Proof.
  intros ha hb. assert (q := quotient_pos a b ha hb). unfold sinh.
  rewrite Ropp_plus_distr, !exp_plus, (exp_Ropp (ln _)), exp_ln by easy. rewrite Rabs_mult, Rabs_div by easy.
  assert (pa := Rabs_pos_lt a ha). assert (pb := Rabs_pos_lt b hb).
  rewrite <- (pow2_abs a), <- (pow2_abs b). field. lra.
Qed.

(** Psi of (17) and its inverse. *)
Definition Psi u0 v0 xi := Delta u0 v0 / 2 * sinh (2 * xi + log_ratio u0 v0).
Definition Psi_inverse u0 v0 theta := arcsinh (2 * theta / Delta u0 v0) / 2 - log_ratio u0 v0 / 2.

Theorem Psi_modes u0 v0 xi : u0 + v0 <> 0 -> u0 - v0 <> 0 ->
  (u0 + v0) ^ 2 * exp (2 * xi) / 4 - (u0 - v0) ^ 2 * exp (- (2 * xi)) / 4 = Psi u0 v0 xi.
Proof.
  intros p m. rewrite modes_sinh by easy. unfold Psi, Delta, log_ratio.
  now replace ((u0 + v0) * (u0 - v0)) with (u0 ^ 2 - v0 ^ 2) by ring.
Qed.
Theorem Psi_inverse_Psi u0 v0 xi : u0 + v0 <> 0 -> u0 - v0 <> 0 -> Psi_inverse u0 v0 (Psi u0 v0 xi) = xi.
Proof.
  intros p m. assert (d := Delta_pos u0 v0 p m). unfold Psi_inverse, Psi.
  replace (2 * (Delta u0 v0 / 2 * sinh (2 * xi + log_ratio u0 v0)) / Delta u0 v0) with (sinh (2 * xi + log_ratio u0 v0))
    by (field; lra).
  rewrite arcsinh_sinh. field.
Qed.

(** (17): along the flow (16) from a start with (A), theta(t) = Psi(xi(t)). *)
Theorem theta_is_Psi (u v g xi : R -> R) T : 0 <= T -> xi 0 = 0 ->
  (forall t, 0 <= t <= T -> is_derive u t (- (g t * v t))) -> (forall t, 0 <= t <= T -> is_derive v t (- (g t * u t))) ->
  (forall t, 0 <= t <= T -> is_derive xi t (- g t)) -> u 0 + v 0 <> 0 -> u 0 - v 0 <> 0 ->
  u T * v T = Psi (u 0) (v 0) (xi T).
Proof.
  intros hT start du dv dxi hp hm. rewrite <- Psi_modes by easy.
  assert (plus : u T + v T = (u 0 + v 0) * exp (1 * xi T)).
  { apply (mode (fun t => u t + v t) g xi 1 T ltac:(ring) hT start dxi). intros t ht.
    apply (is_derive_to _ _ _ _ (is_derive_plus u v t _ _ (du t ht) (dv t ht))). reals. ring. }
  assert (minus : u T - v T = (u 0 - v 0) * exp (-1 * xi T)).
  { apply (mode (fun t => u t - v t) g xi (-1) T ltac:(ring) hT start dxi). intros t ht.
    apply (is_derive_to _ _ _ _ (is_derive_minus u v t _ _ (du t ht) (dv t ht))). reals. ring. }
  replace (u T * v T) with (((u T + v T) ^ 2 - (u T - v T) ^ 2) / 4) by field. rewrite plus, minus.
  replace (2 * xi T) with (xi T + xi T) by ring. rewrite Ropp_plus_distr, !exp_plus.
  replace (1 * xi T) with (xi T) by ring. replace (-1 * xi T) with (- xi T) by ring. field.
Qed.

(** ** The entropy *)

(** One summand of (20), with the prefactor [c] of its first sum; D = Delta_0, r the logarithm. *)
Definition Q_two c D r theta :=
  c * (2 * theta * arcsinh (2 * theta / D) - sqrt (4 * theta ^ 2 + D ^ 2) + D) - r * theta / 2.

Lemma is_derive_arcsinh x : is_derive arcsinh x (/ sqrt (x ^ 2 + 1)).
Proof. apply is_derive_Reals, derivable_pt_lim_arcsinh. Qed.

(** sqrt(d^2 s^2 + d^2) = |d| sqrt(1 + s^2). *)
Lemma sqrt_scaled d s : sqrt (d ^ 2 * s ^ 2 + d ^ 2) = Rabs d * sqrt (1 + s ^ 2).
Proof.
  replace (d ^ 2 * s ^ 2 + d ^ 2) with (Rsqr d * (1 + s ^ 2)) by (unfold Rsqr; ring).
  rewrite sqrt_mult by (apply Rle_0_sqr || nra). now rewrite sqrt_Rsqr_abs.
Qed.

Theorem slope_of_Q_two c D r theta : 0 < D -> is_derive (Q_two c D r) theta (2 * c * arcsinh (2 * theta / D) - r / 2).
Proof.
  intro h. unfold Q_two. assert (pos : 0 < 4 * theta ^ 2 + D ^ 2) by nra.
  auto_derive.
  - repeat split; [|nra]. eexists. apply is_derive_arcsinh.
  - change (Derive (fun x => arcsinh x) (2 * theta * / D)) with (Derive arcsinh (2 * theta / D)).
    rewrite (is_derive_unique _ _ _ (is_derive_arcsinh (2 * theta / D))).
    replace (theta * (theta * 1)) with (theta ^ 2) by ring. replace (D * (D * 1)) with (D ^ 2) by ring.
    assert (e : sqrt ((2 * theta / D) ^ 2 + 1) = sqrt (4 * theta ^ 2 + D ^ 2) / D).
    { replace ((2 * theta / D) ^ 2 + 1) with ((4 * theta ^ 2 + D ^ 2) / D ^ 2) by (field; lra).
      rewrite sqrt_div by nra. rewrite sqrt_pow2 by lra. reflexivity. }
    replace (2 * theta * / D) with (2 * theta / D) by reflexivity. rewrite e.
    assert (0 < sqrt (4 * theta ^ 2 + D ^ 2)) by now apply sqrt_lt_R0. field. lra.
Qed.

(** (20), corrected: with the prefactor 1/4 the gradient is the inverse of Psi, and Q vanishes at 0. *)
Theorem slope_of_corrected_Q u0 v0 theta : u0 + v0 <> 0 -> u0 - v0 <> 0 ->
  is_derive (Q_two (1 / 4) (Delta u0 v0) (log_ratio u0 v0)) theta (Psi_inverse u0 v0 theta).
Proof.
  intros p m. apply (is_derive_to _ _ _ _ (slope_of_Q_two (1 / 4) _ (log_ratio u0 v0) theta (Delta_pos u0 v0 p m))).
  unfold Psi_inverse. reals. field.
Qed.
Theorem Q_two_at_zero c D r : 0 < D -> Q_two c D r 0 = 0.
Proof.
  intro h. unfold Q_two. replace (2 * 0 / D) with 0 by (field; lra). rewrite arcsinh_0.
  replace (4 * 0 ^ 2 + D ^ 2) with (D ^ 2) by ring. rewrite sqrt_pow2 by lra. field.
Qed.

(** Its second derivative is 1/M, M = u^2 + v^2 = sqrt(Delta_0^2 + 4 theta^2): strictly convex. *)
Theorem curvature_two u0 v0 theta : u0 + v0 <> 0 -> u0 - v0 <> 0 ->
  is_derive (Psi_inverse u0 v0) theta (/ sqrt (4 * theta ^ 2 + Delta u0 v0 ^ 2)).
Proof.
  intros p m. assert (d := Delta_pos u0 v0 p m). set (D := Delta u0 v0) in *. unfold Psi_inverse. fold D.
  assert (pos : 0 < sqrt (4 * theta ^ 2 + D ^ 2)) by (apply sqrt_lt_R0; nra).
  assert (lin : is_derive (fun y => 2 * y / D) theta (2 / D)) by (auto_derive; [lra|field; lra]).
  assert (h := is_derive_comp arcsinh (fun y => 2 * y / D) theta _ _ (is_derive_arcsinh _) lin).
  assert (k := is_derive_minus _ _ theta _ _ (is_derive_scal _ theta (/ 2) _ h) (is_derive_const (log_ratio u0 v0 / 2) theta)).
  refine (is_derive_ext _ _ _ _ _ (is_derive_to _ _ _ _ k _)).
  - intro y. reals. field.
  - assert (e : sqrt ((2 * theta / D) ^ 2 + 1) = sqrt (4 * theta ^ 2 + D ^ 2) / D).
    { replace ((2 * theta / D) ^ 2 + 1) with ((4 * theta ^ 2 + D ^ 2) / D ^ 2) by (field; lra).
      rewrite sqrt_div by nra. rewrite sqrt_pow2 by lra. reflexivity. }
    reals. rewrite e. field. lra.
Qed.

(** (21), (22), corrected: along the flow the gradient of the corrected entropy is xi, and so moves at minus the gradient. *)
Theorem mirror_map_is_xi (u v g xi : R -> R) T : 0 <= T -> xi 0 = 0 ->
  (forall t, 0 <= t <= T -> is_derive u t (- (g t * v t))) -> (forall t, 0 <= t <= T -> is_derive v t (- (g t * u t))) ->
  (forall t, 0 <= t <= T -> is_derive xi t (- g t)) -> u 0 + v 0 <> 0 -> u 0 - v 0 <> 0 ->
  Psi_inverse (u 0) (v 0) (u T * v T) = xi T.
Proof. intros hT start du dv dxi hp hm. rewrite (theta_is_Psi u v g xi T) by easy. now apply Psi_inverse_Psi. Qed.

(** ** The forms in which the slopes come out of differentiation *)

Lemma gap_square_pos u0 v0 : u0 + v0 <> 0 -> u0 - v0 <> 0 -> 0 < (u0 ^ 2 - v0 ^ 2) ^ 2.
Proof.
  intros p m. apply pow2_gt_0. replace (u0 ^ 2 - v0 ^ 2) with ((u0 + v0) * (u0 - v0)) by ring.
  now apply Rmult_integral_contrapositive_currified.
Qed.
Lemma root_pos_two u0 v0 theta : u0 + v0 <> 0 -> u0 - v0 <> 0 -> 0 < sqrt (4 * theta ^ 2 + (u0 ^ 2 - v0 ^ 2) ^ 2).
Proof.
  intros p m. apply sqrt_lt_R0. assert (h := gap_square_pos u0 v0 p m). assert (t := pow2_ge_0 theta). lra.
Qed.
Lemma root_above_two u0 v0 theta : u0 + v0 <> 0 -> u0 - v0 <> 0 ->
  0 < 2 * theta + sqrt (4 * theta ^ 2 + (u0 ^ 2 - v0 ^ 2) ^ 2).
Proof.
  intros p m. assert (h := gap_square_pos u0 v0 p m). assert (r := root_pos_two u0 v0 theta p m).
  assert (s : sqrt (4 * theta ^ 2 + (u0 ^ 2 - v0 ^ 2) ^ 2) ^ 2 = 4 * theta ^ 2 + (u0 ^ 2 - v0 ^ 2) ^ 2)
    by (rewrite <- Rsqr_pow2; apply Rsqr_sqrt; assert (t := pow2_ge_0 theta); lra).
  destruct (Rlt_le_dec 0 theta); [lra|]. nra.
Qed.

(** The slope of (20) with prefactor c at theta = Psi(xi): 2c (2 xi + log) - log/2, the two quotients cancel. *)
Theorem slope_at_Psi c d r s a : d <> 0 ->
  2 * c * (s / sqrt (1 + s ^ 2)) + 2 * c * a - 2 * c * (Rabs d * s / sqrt (d ^ 2 * s ^ 2 + d ^ 2)) - r / 2 = 2 * c * a - r / 2.
Proof.
  intro h. rewrite sqrt_scaled. assert (0 < sqrt (1 + s ^ 2)) by (apply sqrt_lt_R0; assert (q := pow2_ge_0 s); lra).
  assert (p := Rabs_pos_lt d h). field. lra.
Qed.
(** So the printed (20), with c = 1/2, has the slope 2 xi + log/2 there, and the corrected one, with c = 1/4, has xi. *)
Theorem printed_slope_at_Psi u0 v0 x : u0 + v0 <> 0 -> u0 - v0 <> 0 ->
  let l := ln (Rabs ((u0 + v0) / (u0 - v0))) in let d := u0 ^ 2 - v0 ^ 2 in
  sinh (2 * x + l) / sqrt (1 + sinh (2 * x + l) ^ 2) + arcsinh (sinh (2 * x + l))
  - Rabs d * sinh (2 * x + l) / sqrt (d ^ 2 * sinh (2 * x + l) ^ 2 + d ^ 2) - l / 2 = 2 * x + l / 2.
Proof.
  intros p m l d. assert (ne : d <> 0).
  { unfold d. replace (u0 ^ 2 - v0 ^ 2) with ((u0 + v0) * (u0 - v0)) by ring. now apply Rmult_integral_contrapositive_currified. }
  assert (h := slope_at_Psi (1 / 2) d l (sinh (2 * x + l)) (arcsinh (sinh (2 * x + l))) ne).
  rewrite arcsinh_sinh in *. unfold Rdiv in *. lra.
Qed.
(** The same at any theta. *)
Theorem quotients_cancel u0 v0 theta : u0 + v0 <> 0 -> u0 - v0 <> 0 ->
  theta / sqrt (1 + 4 * theta ^ 2 / (u0 ^ 2 - v0 ^ 2) ^ 2) / Rabs (u0 ^ 2 - v0 ^ 2)
  = theta / sqrt (4 * theta ^ 2 + (u0 ^ 2 - v0 ^ 2) ^ 2).
Proof.
  intros p m. assert (h := gap_square_pos u0 v0 p m). assert (r := root_pos_two u0 v0 theta p m).
  assert (d := Delta_pos u0 v0 p m). unfold Delta in d. set (g := u0 ^ 2 - v0 ^ 2) in *.
  replace (1 + 4 * theta ^ 2 / g ^ 2) with ((4 * theta ^ 2 + g ^ 2) / g ^ 2)
    by (field; intro z; rewrite z in h; simpl in h; lra).
  rewrite sqrt_div by (assert (t := pow2_ge_0 theta); lra).
  replace (sqrt (g ^ 2)) with (Rabs g) by (rewrite <- (sqrt_Rsqr_abs g); f_equal; unfold Rsqr; ring).
  field. lra.
Qed.

(** The mirror map that the derivation finds is the inverse of Psi: a logarithm for the inverse hyperbolic sine. *)
Theorem mirror_map_is_Psi_inverse u0 v0 theta : u0 + v0 <> 0 -> u0 - v0 <> 0 ->
  ln ((2 * theta + sqrt (4 * theta ^ 2 + (u0 ^ 2 - v0 ^ 2) ^ 2)) / (u0 + v0) ^ 2) / 2 = Psi_inverse u0 v0 theta.
Proof.
  intros p m. assert (d := Delta_pos u0 v0 p m). assert (above := root_above_two u0 v0 theta p m).
  unfold Psi_inverse, log_ratio, arcsinh, Delta in *. set (g := u0 ^ 2 - v0 ^ 2) in *.
  assert (q := quotient_pos (u0 + v0) (u0 - v0) p m). assert (pp := Rabs_pos_lt _ p). assert (pm := Rabs_pos_lt _ m).
  assert (e : sqrt ((2 * theta / Rabs g) ^ 2 + 1) = sqrt (4 * theta ^ 2 + g ^ 2) / Rabs g).
  { replace ((2 * theta / Rabs g) ^ 2 + 1) with ((4 * theta ^ 2 + g ^ 2) / Rabs g ^ 2)
      by (rewrite <- (pow2_abs g); field; lra).
    rewrite sqrt_div by (try (assert (t := pow2_ge_0 theta); assert (t' := pow2_ge_0 g)); nra). rewrite sqrt_pow2 by lra. reflexivity. }
  rewrite e. replace (2 * theta / Rabs g + sqrt (4 * theta ^ 2 + g ^ 2) / Rabs g)
    with ((2 * theta + sqrt (4 * theta ^ 2 + g ^ 2)) / Rabs g) by (field; lra).
  assert (split : (2 * theta + sqrt (4 * theta ^ 2 + g ^ 2)) / (u0 + v0) ^ 2
      = (2 * theta + sqrt (4 * theta ^ 2 + g ^ 2)) / Rabs g / Rabs ((u0 + v0) / (u0 - v0))).
  { assert (eg : Rabs g = Rabs (u0 + v0) * Rabs (u0 - v0)) by (unfold g; rewrite <- Rabs_mult; f_equal; ring).
    rewrite Rabs_div, eg, <- (pow2_abs (u0 + v0)) by easy. field. lra. }
  rewrite split. unfold Rdiv at 2. rewrite ln_mult.
  - rewrite ln_Rinv by easy. field.
  - apply Rdiv_lt_0_compat; lra.
  - now apply Rinv_0_lt_compat.
Qed.
(** The rest of the derived slope vanishes: with S = sqrt(4 theta^2 + w), w = (u0^2 - v0^2)^2. *)
Theorem derived_rest S theta w : 0 < S -> 0 < 2 * theta + S -> w = S ^ 2 - 4 * theta ^ 2 ->
  theta * (2 + 4 * theta / S) / 2 / (2 * theta + S) - 1 / 4 - theta / 2 / S
  - w * (-2 - 4 * theta / S) / 8 / (2 * theta + S) ^ 2 = 0.
Proof. intros hS above ->. field. lra. Qed.
